//go:build unix

package lockcore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

var background = context.Background()

// mustRead is the lock's content, nil where there is none.
func mustRead(t testing.TB, s *lockcore.Store) []byte {
	t.Helper()
	data, err := os.ReadFile(s.LockPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return data
}

// tidy checks that a store holds nothing of ours but the lock and the guard, and its backups nothing unfinished.
func tidy(t testing.TB, s *lockcore.Store) {
	t.Helper()
	for path := range treeOf(t, s) {
		if name := filepath.Base(path); strings.HasSuffix(name, ".tmp") {
			t.Errorf("%s is left", path)
		}
	}
}

// treeOf is the content of every file in the store and beside it, where newStore puts the state directory.
func treeOf(t testing.TB, s *lockcore.Store) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(filepath.Dir(s.Dir()), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		tree[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestForceUnlock(t *testing.T) {
	stale, corrupt := of(host, deadPID).Encode(), []byte("\x00 no lock \xff")
	live := of(host, waiter(t).pid()).Encode()
	for _, c := range []struct {
		name   string
		data   []byte
		force  bool
		record bool
	}{
		{"stale", stale, false, true},
		{"foreign", theirs.Encode(), false, true},
		{"corrupt", corrupt, false, false},
		{"empty", []byte{}, false, false},
		{"live, forced", live, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t)
			write(t, s, c.data)
			change, err := forceUnlock(s, inspect(s).Token, c.force)
			if err != nil || change.Kind != lockcore.BackupUnlock || change.Token != lockcore.TokenOf(c.data) || change.Record.IsZero() == c.record {
				t.Fatalf("got %+v, %v", change, err)
			}
			if mustRead(t, s) != nil {
				t.Error("the lock is still there")
			}
			wantPrivate(t, change.Path, c.data)
			if last, ok := s.LastBackup(); !ok || last != change {
				t.Errorf("last change %+v, want %+v", last, change)
			}
			tidy(t, s)

			back, err := restore(s)
			if err != nil || back.Kind != lockcore.BackupRestore || back.Token != change.Token {
				t.Fatalf("restore: %+v, %v", back, err)
			}
			wantPrivate(t, s.LockPath(), c.data)
			tidy(t, s)
		})
	}
}

// wantPrivate: this file has these bytes and, where there are modes, mode 0600, and a backup's directories have 0700.
func wantPrivate(t *testing.T, path string, data []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%s: %q, %v; want %q", path, got, err, data)
	}
	wantMode(t, path, 0o600)
	if !strings.HasSuffix(path, "/"+lockcore.LockName) {
		wantMode(t, filepath.Dir(path), 0o700|fs.ModeDir)
		wantMode(t, filepath.Dir(filepath.Dir(path)), 0o700|fs.ModeDir)
	}
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	if !testfs.Has(t, testfs.Modes) {
		return
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Error(err)
	} else if info.Mode() != want {
		t.Errorf("%s: %v; want %v", path, info.Mode(), want)
	}
}

func TestForceUnlockRefuses(t *testing.T) {
	stale := of(host, deadPID).Encode()
	holder := of(host, waiter(t).pid())
	for _, c := range []struct {
		name  string
		make  func(t *testing.T, s *lockcore.Store) error
		token lockcore.Token
		check func(s *lockcore.Store, err error) bool
	}{
		{"another lock", content(string(theirs.Encode())), lockcore.TokenOf(stale), func(s *lockcore.Store, err error) bool {
			var changed *lockcore.Error
			return isError(err, lockcore.ErrChanged, &changed) && changed.Now.Record == theirs && changed.Now.State == lockcore.HeldElsewhere
		}},
		{"no token", content(string(theirs.Encode())), "", func(s *lockcore.Store, err error) bool {
			var changed *lockcore.Error
			return isError(err, lockcore.ErrChanged, &changed)
		}},
		{"live holder", content(string(holder.Encode())), lockcore.TokenOf(holder.Encode()), func(s *lockcore.Store, err error) bool {
			var held *lockcore.Error
			return isError(err, lockcore.ErrHeld, &held) && held.Now.Record == holder && held.Now.Holder.PID == holder.PID
		}},
		{"contested", func(t *testing.T, s *lockcore.Store) error {
			if err := os.WriteFile(s.LockPath()+" 2", theirs.Encode(), 0o600); err != nil {
				return err
			}
			return os.WriteFile(s.LockPath(), stale, 0o600)
		}, lockcore.TokenOf(stale), func(s *lockcore.Store, err error) bool {
			var held *lockcore.Error
			return isError(err, lockcore.ErrHeld, &held) && held.Now.State == lockcore.Contested && strings.Contains(err.Error(), "contested")
		}},
		{"not a file", func(t *testing.T, s *lockcore.Store) error { return os.Mkdir(s.LockPath(), 0o700) }, "", unreadableBecause(lockcore.NotARegularFile)},
		{"too large", content(strings.Repeat(" ", lockcore.MaxSize+1)), "", unreadableBecause(lockcore.TooLarge)},
		{"not downloaded", placeholder, "", unreadableBecause(lockcore.NotDownloaded)},
		{"no store", func(t *testing.T, s *lockcore.Store) error { return os.Remove(s.Dir()) }, "", unreadableBecause(lockcore.StoreMissing)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t)
			if err := c.make(t, s); err != nil {
				t.Fatal(err)
			}
			before := treeOf(t, s)
			change, err := forceUnlock(s, c.token, false)
			if !c.check(s, err) || change != (lockcore.Backup{}) || err.Error() == "" {
				t.Errorf("got %+v, %v", change, err)
			}
			if after := treeOf(t, s); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("it changed %q to %q", before, after)
			}
		})
	}
}

func unreadableBecause(why lockcore.Reason) func(*lockcore.Store, error) bool {
	return func(_ *lockcore.Store, err error) bool {
		var unreadable *lockcore.Error
		return isError(err, lockcore.ErrUnreadable, &unreadable) && unreadable.Now.Reason == why
	}
}

// TestForceUnlockOfAnotherEmptyLock: nothing in a lock that is no record tells it from the next one but when it was written.
func TestForceUnlockOfAnotherEmptyLock(t *testing.T) {
	testfs.Need(t, testfs.FineTimes)
	s := newStore(t)
	write(t, s, nil)
	seen := inspect(s)
	write(t, s, nil)
	change, err := s.ForceUnlock(background, seen, lockcore.Memory{}, false)
	if !errors.Is(err, lockcore.ErrChanged) || change != (lockcore.Backup{}) {
		t.Errorf("got %+v, %v", change, err)
	}
	if _, err := os.Lstat(s.LockPath()); err != nil {
		t.Error(err)
	}
	if _, err := s.ForceUnlock(background, inspect(s), lockcore.Memory{}, false); err != nil {
		t.Error(err)
	}
}

func TestForceUnlockOfNothing(t *testing.T) {
	s := newStore(t)
	if change, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false); err != nil || change != (lockcore.Backup{}) {
		t.Errorf("got %+v, %v", change, err)
	}
}

func TestNoPlaceForBackups(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	s := newStore(t)
	data := of(host, deadPID).Encode()
	write(t, s, data)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(s.Dir(), inside); err != nil {
		t.Fatal(err)
	}
	for name, state := range map[string]string{
		"none": "", "the store": s.Dir(), "in the store": s.Dir() + "/x/y", "in the store by a link": inside + "/state", "a file": file,
	} {
		other := openStore(t, s.Dir(), state)
		if _, err := forceUnlock(other, lockcore.TokenOf(data), true); err == nil {
			t.Errorf("state directory %s: unlocked without a backup", name)
		}
		if _, err := acquire(other); err == nil {
			t.Errorf("state directory %s: replaced without a backup", name)
		}
		if !bytes.Equal(mustRead(t, s), data) {
			t.Fatalf("state directory %s: the lock was changed", name)
		}
		tidy(t, s)
	}
}

// TestUnlockRaces replaces the lock at a step of its removal, as a daemon without the guard does.
func TestUnlockRaces(t *testing.T) {
	old, fresh := of(host, deadPID).Encode(), theirsNew.Encode()
	for _, c := range []struct {
		at       string
		change   func(t *testing.T, s *lockcore.Store)
		lock     []byte // in place afterwards
		kept     int    // backups afterwards
		released bool   // no error: the lock went by itself
	}{
		{"backed-up", func(t *testing.T, s *lockcore.Store) { write(t, s, fresh) }, fresh, 0, false},
		{"before-aside", func(t *testing.T, s *lockcore.Store) { write(t, s, fresh) }, fresh, 0, false},
		{"before-aside", func(t *testing.T, s *lockcore.Store) { os.Remove(s.LockPath()) }, nil, 0, true},
		{"aside", func(t *testing.T, s *lockcore.Store) { write(t, s, fresh) }, fresh, 1, true},
		{"compared", func(t *testing.T, s *lockcore.Store) { write(t, s, fresh) }, fresh, 1, true},
	} {
		s := newStore(t)
		write(t, s, old)
		s.OnStep(once(c.at, func() { c.change(t, s) }))
		change, err := forceUnlock(s, lockcore.TokenOf(old), false)
		var changed *lockcore.Error
		if c.released != (err == nil) || err != nil && (!isError(err, lockcore.ErrChanged, &changed) || changed.Now.Record != theirsNew) {
			t.Errorf("at %s: %+v, %v", c.at, change, err)
		}
		if got := mustRead(t, s); !bytes.Equal(got, c.lock) {
			t.Errorf("at %s: the lock is %q, want %q", c.at, got, c.lock)
		}
		if n := len(backups(t, s)); n != c.kept {
			t.Errorf("at %s: %d backups, want %d", c.at, n, c.kept)
		}
		tidy(t, s)
	}
}

// TestPutBackBesideANewer: two writers in one removal. The newer lock stays, the other goes to the backups.
func TestPutBackBesideANewer(t *testing.T) {
	for _, lacking := range [][]string{nil, {"link"}, {"link", "renameNew"}} {
		s := newStore(t)
		s.Without(lacking...)
		old, first, second := of(host, deadPID).Encode(), theirs.Encode(), theirsNew.Encode()
		write(t, s, old)
		s.OnStep(func(step string) {
			switch step {
			case "before-aside":
				write(t, s, first)
			case "aside":
				write(t, s, second)
			}
		})
		if _, err := forceUnlock(s, lockcore.TokenOf(old), false); err == nil {
			t.Error("it removed another lock")
		}
		if got := mustRead(t, s); !bytes.Equal(got, second) {
			t.Errorf("the lock is %q", got)
		}
		if b := backups(t, s); len(b) != 1 || b[0] != string(first) {
			t.Errorf("backups %q", b)
		}
		tidy(t, s)
	}
}

// TestNotPutBack: a lock that came meanwhile was moved aside and cannot go back, since the store itself was moved. That is not
// "nothing was there", and no backup is dropped. When the store is back the next change puts the lock in its place.
func TestNotPutBack(t *testing.T) {
	old, fresh := of(host, deadPID).Encode(), of(host, os.Getpid()).Encode()
	for _, c := range []struct {
		name   string
		change func(s *lockcore.Store) error
	}{
		{"unlock", func(s *lockcore.Store) error {
			_, err := forceUnlock(s, lockcore.TokenOf(old), false)
			return err
		}},
		{"acquire", func(s *lockcore.Store) error { _, err := acquire(s); return err }},
	} {
		s := newStore(t)
		s.Without("exchange")
		write(t, s, old)
		away := s.Dir() + ".away"
		s.OnStep(func(step string) {
			switch step {
			case "before-aside":
				write(t, s, fresh)
			case "aside":
				rename(t, s.Dir(), away)
			}
		})
		err := c.change(s)
		var aside *lockcore.Error
		if !isError(err, lockcore.ErrAside, &aside) || filepath.Dir(aside.Path) != s.Dir() || errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s: %v", c.name, err)
		}
		rename(t, away, s.Dir())
		if data, err := os.ReadFile(aside.Path); err != nil || !bytes.Equal(data, fresh) {
			t.Errorf("%s: aside is %q, %v", c.name, data, err)
		}
		s.OnStep(func(string) {})
		if _, err := setAside(s); err != nil || !bytes.Equal(mustRead(t, s), fresh) {
			t.Errorf("%s: %v, the lock is %q", c.name, err, mustRead(t, s))
		}
		if b := backups(t, s); len(b) != 1 || b[0] != string(old) {
			t.Errorf("%s: backups %q", c.name, b)
		}
		tidy(t, s)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// once calls f at the first step of that name.
func once(name string, f func()) func(string) {
	done := false
	return func(step string) {
		if step == name && !done {
			done = true
			f()
		}
	}
}

// backups are the contents of all backups of a store.
func backups(t testing.TB, s *lockcore.Store) (all []string) {
	for path, data := range treeOf(t, s) {
		if strings.Contains(path, "/backups/") {
			all = append(all, data)
		}
	}
	return all
}

func TestRestoreRefuses(t *testing.T) {
	s := newStore(t)
	if _, err := restore(s); !errors.Is(err, lockcore.ErrNoBackup) {
		t.Errorf("without a backup: %v", err)
	}
	if _, err := restore(mustOpen(s.Dir(), "")); !errors.Is(err, lockcore.ErrNoBackup) {
		t.Errorf("without a place for backups: %v", err)
	}
	data := of(host, deadPID).Encode()
	write(t, s, data)
	if _, err := forceUnlock(s, lockcore.TokenOf(data), false); err != nil {
		t.Fatal(err)
	}
	for name, there := range map[string][]byte{"a lock": theirs.Encode(), "a corrupt lock": []byte("x"), "the same lock": data} {
		write(t, s, there)
		_, err := restore(s)
		var occupied *lockcore.Error
		if !isError(err, lockcore.ErrOccupied, &occupied) || occupied.Now.Token != lockcore.TokenOf(there) || !bytes.Equal(mustRead(t, s), there) {
			t.Errorf("over %s: %v", name, err)
		}
	}
	if err := os.Remove(s.LockPath()); err != nil {
		t.Fatal(err)
	}
	// A lock that comes at the last moment stays.
	s.OnStep(once("noted", func() { write(t, s, theirs.Encode()) }))
	_, err := restore(s)
	var occupied *lockcore.Error
	if !isError(err, lockcore.ErrOccupied, &occupied) || occupied.Now.Record != theirs || !bytes.Equal(mustRead(t, s), theirs.Encode()) {
		t.Errorf("beside a newcomer: %v", err)
	}
	if last, _ := s.LastBackup(); last.Kind != lockcore.BackupUnlock {
		t.Errorf("last change %+v: the restore did not come about", last)
	}
	if err := os.Remove(s.LockPath()); err != nil {
		t.Fatal(err)
	}
	if err := placeholder(t, s); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(s); !unreadableBecause(lockcore.NotDownloaded)(s, err) {
		t.Errorf("beside a placeholder: %v", err)
	}
	tidy(t, s)
}

// TestUndo: what was seen is put back, or nothing.
func TestUndo(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	dir := t.TempDir()
	a, b := openStore(t, dir+"/a", dir+"/state"), openStore(t, dir+"/b", dir+"/state")
	unlock := func(s *lockcore.Store, r lockcore.Record) lockcore.Backup {
		t.Helper()
		write(t, s, r.Encode())
		c, err := forceUnlock(s, lockcore.TokenOf(r.Encode()), false)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	refused := func(s *lockcore.Store, seen, newest lockcore.Backup) {
		t.Helper()
		_, err := s.Restore(background, seen, lockcore.Memory{})
		var other *lockcore.Error
		if !isError(err, lockcore.ErrSuperseded, &other) || other.Backup != newest || inspect(s).HasLock() {
			t.Errorf("%v; want that %+v is the newest", err, newest)
		}
	}
	first := unlock(a, theirs)
	if err := os.Symlink(a.Dir(), dir+"/link"); err != nil {
		t.Fatal(err)
	}
	link := mustOpen(dir+"/link", dir+"/state")
	second := unlock(a, theirs)
	refused(a, first, second) // the same bytes, removed twice
	if err := errors.Join(os.Remove(dir+"/link"), os.Symlink(b.Dir(), dir+"/link")); err != nil {
		t.Fatal(err)
	}
	if _, err := link.Restore(background, second, lockcore.Memory{}); !errors.Is(err, lockcore.ErrNoBackup) {
		t.Errorf("the link leads to a store without a backup: %v", err)
	}
	refused(link, second, unlock(b, of(them, 7)))
	if c, err := a.Restore(background, second, lockcore.Memory{}); err != nil || c.Token != second.Token || !bytes.Equal(mustRead(t, a), theirs.Encode()) {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestBackupsArePruned(t *testing.T) {
	s := newStore(t)
	var newest []string
	for i := range lockcore.KeptBackups + 7 {
		data := of(them, i+1).Encode()
		write(t, s, data)
		if _, err := forceUnlock(s, lockcore.TokenOf(data), false); err != nil {
			t.Fatal(err)
		}
		newest = append(newest, string(data))
	}
	newest = newest[len(newest)-lockcore.KeptBackups-1:] // and one: a change prunes before it backs up
	got := backups(t, s)
	if len(got) != len(newest) {
		t.Errorf("%d backups are kept", len(got))
	}
	for _, data := range newest {
		if !strings.Contains(strings.Join(got, ""), data) {
			t.Errorf("%q is not kept", data)
		}
	}
	if last, ok := s.LastBackup(); !ok || string(last.Record.Encode()) != newest[len(newest)-1] {
		t.Errorf("the last change is %+v", last)
	}
}

// TestManyCopies: a heap of copies is kept whole, and pushes out no lock.
func TestManyCopies(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	if _, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false); err != nil {
		t.Fatal(err)
	}
	const many = lockcore.KeptBackups + 10
	copyOf := func(i int) []byte {
		return lockcore.Record{PID: i + 1, Hostname: them, StartedAt: started, SchemaVersion: "1"}.Encode()
	}
	for i := range many {
		if err := os.WriteFile(fmt.Sprint(s.LockPath(), " ", i+2), copyOf(i), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := setAside(s); len(done) != many || err != nil {
		t.Errorf("%d of %d set aside, %v", len(done), many, err)
	}
	kept := treeOf(t, s)
	for i := range many {
		if data := copyOf(i); !holds(kept, data) {
			t.Errorf("%q is lost", data)
		}
	}
	if _, err := restore(s); err != nil || !bytes.Equal(mustRead(t, s), theirs.Encode()) {
		t.Errorf("restore: %v", err)
	}
	if n, want := len(backups(t, s)), many+2; n != want {
		t.Errorf("%d backups afterwards, want %d", n, want)
	}
}

// TestCopiesArePruned: of very many copies the oldest go with the next change, and no lock with them.
func TestCopiesArePruned(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	change, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range lockcore.KeptCopies + 3 {
		name := begin.Add(time.Duration(i)*time.Second).Format("20060102T150405.000000000Z") + "-copy" + lockcore.LockName
		if err := os.WriteFile(filepath.Join(filepath.Dir(change.Path), name), []byte("copy"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := restore(s); err != nil {
		t.Fatal(err)
	}
	if n, want := len(backups(t, s)), lockcore.KeptCopies+2; n != want {
		t.Errorf("%d backups afterwards, want %d", n, want)
	}
}

// TestBackupsOfAFutureClock: a clock that was set back does not hide the newest backup.
func TestBackupsOfAFutureClock(t *testing.T) {
	s := newStore(t)
	for i := range 3 {
		data := of(them, i+1).Encode()
		write(t, s, data)
		c, err := forceUnlock(s, lockcore.TokenOf(data), false)
		if err != nil {
			t.Fatal(err)
		}
		if last, _ := s.LastBackup(); last != c {
			t.Fatalf("the last change is %+v, want %+v", last, c)
		}
		if i == 0 {
			later := time.Now().UTC().Add(time.Hour).Format("20060102T150405.000000000Z") + "-unlock.locked"
			if err := os.Rename(c.Path, filepath.Join(filepath.Dir(c.Path), later)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestStoresAreToldApart: two stores of one name, one state directory.
func TestStoresAreToldApart(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	dir := t.TempDir()
	a, b := openStore(t, dir+"/a/.iai-mcp", dir+"/state"), openStore(t, dir+"/b/.iai-mcp", dir+"/state")
	write(t, a, theirs.Encode())
	if _, err := forceUnlock(a, lockcore.TokenOf(theirs.Encode()), false); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(b); !errors.Is(err, lockcore.ErrNoBackup) {
		t.Errorf("the other store: %v", err)
	}
	if err := os.Symlink(a.Dir(), dir+"/link"); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(mustOpen(dir+"/link", dir+"/state")); err != nil {
		t.Errorf("the same store by a link: %v", err)
	}
}

// TestLockThatIsALink: as for the daemons, the link is the lock; what it leads to is not touched.
func TestLockThatIsALink(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	s := newStore(t)
	elsewhere := filepath.Join(t.TempDir(), "real")
	relink := func() {
		t.Helper()
		if err := errors.Join(os.WriteFile(elsewhere, theirs.Encode(), 0o640), os.Symlink(elsewhere, s.LockPath())); err != nil {
			t.Fatal(err)
		}
	}
	untouched := func(after string) {
		t.Helper()
		if data, err := os.ReadFile(elsewhere); err != nil || !bytes.Equal(data, theirs.Encode()) {
			t.Errorf("%s: the target is %q, %v", after, data, err)
		}
		tidy(t, s)
	}
	relink()
	change, err := forceUnlock(s, inspect(s).Token, false)
	if err != nil {
		t.Fatal(err)
	}
	wantPrivate(t, change.Path, []byte(string(lockcore.TokenOf(theirs.Encode()))+"\n"+elsewhere))
	wantState(t, "unlocked", inspect(s), lockcore.Unlocked, "")
	untouched("unlock")
	if last, _ := s.LastBackup(); last.Link != elsewhere || last.Token != change.Token || !last.Record.IsZero() {
		t.Errorf("the last change is %+v", last)
	}
	if _, err := restore(s); err != nil {
		t.Fatal(err)
	}
	wantLink(t, s, elsewhere)
	untouched("restore")
	l, err := acquire(s)
	if err != nil || l.Replaced.Record != theirs {
		t.Fatalf("%+v, %v", l, err)
	}
	wantPrivate(t, s.LockPath(), l.Record.Encode())
	untouched("takeover")
	if err := l.Release(background); err != nil {
		t.Fatal(err)
	}
	relink()
	s.FollowLinks()
	s.OnStep(once("before-aside", func() { os.WriteFile(elsewhere, theirsNew.Encode(), 0o600) }))
	if _, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false); err == nil {
		t.Error("it removed a link whose target had changed")
	}
	if got := mustRead(t, s); !bytes.Equal(got, theirsNew.Encode()) {
		t.Errorf("the lock is %q", got)
	}
	wantLink(t, s, elsewhere)
	// A link to the same bytes in the place of the lock is another lock.
	s.OnStep(once("before-aside", func() {
		os.Remove(s.LockPath())
		os.Symlink(elsewhere, filepath.Join(s.Dir(), "other"))
		os.Symlink("other", s.LockPath())
	}))
	if _, err := forceUnlock(s, lockcore.TokenOf(theirsNew.Encode()), false); err != nil {
		t.Errorf("the next look decides: %v", err)
	}
	if last, _ := s.LastBackup(); last.Link != "other" {
		t.Errorf("it removed the link %q", last.Link)
	}
}

func wantLink(t *testing.T, s *lockcore.Store, want string) {
	t.Helper()
	if target, err := os.Readlink(s.LockPath()); target != want {
		t.Errorf("the lock is no link to %s, but %q (%v)", want, target, err)
	}
}

func TestSetAsideCopies(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	copied := string(theirsNew.Encode())
	put := map[string]string{".locked 2": copied, ".locked-HOST": copied, ".locked (Kopie 1)": copied}
	if runtime.GOOS != "darwin" && testfs.Has(t, testfs.OddNames) { // APFS has no names that are no UTF-8
		put[".locked-\xff"] = copied
	}
	for name, data := range put {
		if err := os.WriteFile(filepath.Join(s.Dir(), name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string][]byte{".locked-LARGE": make([]byte, lockcore.MaxSize+1), ".locked-TEXT": []byte("no lock")} {
		if err := os.WriteFile(filepath.Join(s.Dir(), name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done, err := setAside(s)
	if err != nil {
		t.Error(err)
	}
	if len(done) != len(put) || len(backups(t, s)) != len(put) {
		t.Errorf("%d copies set aside, %d backups: %+v", len(done), len(backups(t, s)), done)
	}
	for _, c := range done {
		data, err := os.ReadFile(c.Path)
		if err != nil || c.Kind != lockcore.BackupCopy || lockcore.TokenOf(data) != c.Token {
			t.Errorf("%+v: %q, %v", c, data, err)
		}
	}
	if got := inspect(s); got.Record != theirs || len(got.Conflicts.List()) != 0 {
		t.Errorf("left: %+v", got)
	}
	if _, ok := s.LastBackup(); ok {
		t.Error("a copy is no change of the lock")
	}
	if last, ok := s.LastCopy(); !ok || last != done[len(done)-1] {
		t.Errorf("the last copy is %+v", last)
	}
	tidy(t, s)
}

// TestSetAsideSeen: a copy that nobody has seen stays, and one whose claim is another than was seen.
func TestSetAsideSeen(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	first, second, third := s.LockPath()+" 2", s.LockPath()+" 3", s.LockPath()+" 4"
	put := func(path string, r lockcore.Record) {
		if err := os.WriteFile(path, r.Encode(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(first, theirsNew)
	put(second, theirsNew)
	seen := inspect(s)
	put(second, of(them, 99))
	put(third, theirsNew)
	done, err := s.SetAside(background, seen, lockcore.Memory{})
	if err != nil || len(done) != 1 || done[0].Record != theirsNew {
		t.Errorf("%+v, %v", done, err)
	}
	if got := inspect(s).Conflicts.List(); len(got) != 2 || got[0].Path != second || got[1].Path != third {
		t.Errorf("left: %+v", got)
	}
	tidy(t, s)
}

// TestCopiesThatCannotBeListed: a look that fails under the guard is no success with nothing to do.
func TestCopiesThatCannotBeListed(t *testing.T) {
	s := newStore(t)
	if err := os.WriteFile(s.LockPath()+" 2", []byte("copy"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(background)
	hang, looks := make(chan struct{}), 0
	defer close(hang)
	s.BlockReads(func() {
		if looks++; looks == 2 {
			cancel()
			<-hang
		}
	})
	if done, err := s.SetAside(ctx, lockcore.Snapshot{}, lockcore.Memory{}); len(done) > 0 || !unreadableBecause(lockcore.Timeout)(s, err) {
		t.Errorf("got %+v, %v", done, err)
	}
}

// TestCopyReplacedMeanwhile: a copy that the sync engine writes again just then stays, and what was there before is in the backups.
func TestCopyReplacedMeanwhile(t *testing.T) {
	s := newStore(t)
	path := s.LockPath() + " 2"
	if err := os.WriteFile(path, theirs.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	s.OnStep(once("copy-backed-up", func() { os.WriteFile(path, theirsNew.Encode(), 0o600) }))
	if done, err := setAside(s); err == nil || len(done) > 0 {
		t.Errorf("set aside %+v", done)
	}
	if !testfs.Has(t, testfs.RenameNew) { // it is aside, and the next change keeps it
		if _, err := setAside(s); err != nil || !holds(treeOf(t, s), theirsNew.Encode()) || !holds(treeOf(t, s), theirs.Encode()) {
			t.Errorf("%v, there is %q", err, treeOf(t, s))
		}
		return
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != string(theirsNew.Encode()) {
		t.Errorf("the new copy is %q, %v", data, err)
	}
	if b := backups(t, s); len(b) != 1 || b[0] != string(theirs.Encode()) {
		t.Errorf("backups %q", b)
	}
}

func TestAcquire(t *testing.T) {
	live := waiter(t)
	held := of(host, live.pid())
	for _, lacking := range [][]string{nil, {"exchange"}, {"exchange", "link"}, {"exchange", "link", "renameNew"}} {
		for _, c := range []struct {
			name string
			lock []byte
			also func(s *lockcore.Store)
			held bool
		}{
			{name: "absent"},
			{name: "no store", also: func(s *lockcore.Store) { os.Remove(s.Dir()) }},
			{name: "corrupt", lock: []byte("{")},
			{name: "foreign", lock: theirs.Encode()},
			{name: "foreign, contested by a copy", lock: theirs.Encode(), held: true, also: func(s *lockcore.Store) { os.WriteFile(s.LockPath()+" 2", theirsNew.Encode(), 0o600) }},
			{name: "stale", lock: of(host, deadPID).Encode()},
			{name: "live", lock: held.Encode(), held: true},
			{name: "foreign, our daemon runs", lock: theirs.Encode(), held: true, also: func(s *lockcore.Store) {
				os.WriteFile(filepath.Join(s.Dir(), ".daemon-state.json"), fmt.Appendf(nil, `{"daemon_pid":%d}`, daemon(t, s.Dir()).pid()), 0o600)
			}},
		} {
			t.Run(fmt.Sprint(c.name, " without ", lacking), func(t *testing.T) {
				t.Parallel()
				s := newStore(t)
				s.Without(lacking...)
				if c.lock != nil {
					write(t, s, c.lock)
				}
				if c.also != nil {
					c.also(s)
				}
				l, err := acquire(s)
				if c.held {
					var e *lockcore.Error
					if !isError(err, lockcore.ErrHeld, &e) || string(e.Now.Record.Encode()) != string(c.lock) || !bytes.Equal(mustRead(t, s), c.lock) {
						t.Errorf("got %+v, %v", l, err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				wantAcquired(t, s, l, c.lock)
				tidy(t, s)
			})
		}
	}
}

func wantAcquired(t *testing.T, s *lockcore.Store, l *lockcore.Lock, replaced []byte) {
	t.Helper()
	wantPrivate(t, s.LockPath(), l.Record.Encode())
	wantMode(t, s.Dir(), 0o700|fs.ModeDir)
	if l.Record.PID != os.Getpid() || l.Record.Hostname != host || l.Held(background) != nil {
		t.Errorf("took %+v", l.Record)
	}
	if replaced == nil {
		if l.Replaced != (lockcore.Backup{}) || len(backups(t, s)) != 0 {
			t.Errorf("replaced nothing and says %+v", l.Replaced)
		}
	} else {
		if l.Replaced.Kind != lockcore.BackupTakeover || l.Replaced.Token != lockcore.TokenOf(replaced) {
			t.Errorf("replaced %+v", l.Replaced)
		}
		wantPrivate(t, l.Replaced.Path, replaced)
	}
	var held *lockcore.Error
	if _, err := acquire(s); !isError(err, lockcore.ErrHeld, &held) || held.Now.Record != l.Record {
		t.Errorf("a second time: %v", err)
	}
	if err := l.Release(background); err != nil || mustRead(t, s) != nil {
		t.Errorf("release: %v", err)
	}
	if err := l.Release(background); err != nil {
		t.Errorf("release again: %v", err)
	}
	var lost *lockcore.Error
	if err := l.Held(background); !isError(err, lockcore.ErrLost, &lost) {
		t.Errorf("held after release: %v", err)
	}
}

func TestAcquireRefusesTheUnreadable(t *testing.T) {
	for _, c := range fileKinds {
		if c.state != lockcore.Unknown || c.reason == lockcore.StoreMissing {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := makeKind(t, c.name, c.make)
			if _, err := acquire(s); !unreadableBecause(c.reason)(s, err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestTakeoverRaces: a daemon without the guard writes at a step of a takeover. Its lock is in place in the end, ours only if
// it could be taken after that.
func TestTakeoverRaces(t *testing.T) {
	fresh := of(host, waiter(t).pid()) // of this host, so that the takeover must not be tried again
	for _, lacking := range [][]string{nil, {"exchange"}, {"exchange", "link"}, {"exchange", "link", "renameNew"}} {
		for _, step := range []string{"backed-up", "temp-written", "staged", "before-aside", "aside", "compared", "made-room"} {
			if lacking == nil && (step == "before-aside" || step == "aside" || step == "compared" || step == "made-room") {
				continue // an exchange has no such steps
			}
			s := newStore(t)
			s.Without(lacking...)
			write(t, s, theirs.Encode())
			s.OnStep(once(step, func() { write(t, s, fresh.Encode()) }))
			_, err := acquire(s)
			var held *lockcore.Error
			if !isError(err, lockcore.ErrHeld, &held) || held.Now.Record != fresh || !bytes.Equal(mustRead(t, s), fresh.Encode()) {
				t.Errorf("without %v at %s: %v, lock %q", lacking, step, err, mustRead(t, s))
			}
			tidy(t, s)
		}
	}
}

// TestTakeoverRacesTwice: writers come one after the other, each while the one before is being put back. The last one stays.
func TestTakeoverRacesTwice(t *testing.T) {
	testfs.Need(t, testfs.Exchange)
	s := newStore(t)
	fresh := of(host, waiter(t).pid())
	write(t, s, theirs.Encode())
	swaps := 0
	s.OnStep(func(step string) {
		switch {
		case step == "staged" && swaps == 0:
			write(t, s, theirsNew.Encode())
		case step == "swapped" && swaps == 0:
			swaps++
			write(t, s, record("mac-c", 7).Encode())
		case step == "swapped-back" && swaps == 1:
			swaps++
			write(t, s, fresh.Encode())
		}
	})
	_, err := acquire(s)
	var held *lockcore.Error
	if !isError(err, lockcore.ErrHeld, &held) || !bytes.Equal(mustRead(t, s), fresh.Encode()) || swaps != 2 {
		t.Errorf("%v after %d writers, lock %q", err, swaps, mustRead(t, s))
	}
	tidy(t, s)
}

// TestRemovedDuringTakeover: the old lock goes by itself; then there is nothing to take over, and the store is taken.
func TestRemovedDuringTakeover(t *testing.T) {
	for _, lacking := range [][]string{nil, {"exchange"}} {
		s := newStore(t)
		s.Without(lacking...)
		write(t, s, theirs.Encode())
		s.OnStep(once("staged", func() { os.Remove(s.LockPath()) }))
		l, err := acquire(s)
		if err != nil || l.Replaced != (lockcore.Backup{}) || !bytes.Equal(mustRead(t, s), l.Record.Encode()) || len(backups(t, s)) != 0 {
			t.Errorf("%+v, %v; backups %q", l, err, backups(t, s))
		}
		tidy(t, s)
	}
}

func TestLost(t *testing.T) {
	s := newStore(t)
	l, err := acquire(s)
	if err != nil {
		t.Fatal(err)
	}
	wantLost := func(name string, who lockcore.Record) {
		t.Helper()
		for _, err := range []error{l.Held(background), l.Release(background)} {
			var lost *lockcore.Error
			if !isError(err, lockcore.ErrLost, &lost) || lost.Now.Record != who || err.Error() == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	write(t, s, theirs.Encode())
	wantLost("taken over", theirs)
	if !bytes.Equal(mustRead(t, s), theirs.Encode()) {
		t.Error("release removed another's lock")
	}
	write(t, s, []byte("x"))
	wantLost("corrupted", lockcore.Record{})
	if err := os.Remove(s.LockPath()); err != nil {
		t.Fatal(err)
	}
	wantLost("removed", lockcore.Record{})
	write(t, s, make([]byte, lockcore.MaxSize+1))
	if err := l.Release(background); !unreadableBecause(lockcore.TooLarge)(s, err) {
		t.Errorf("unreadable: %v", err)
	}
	write(t, s, l.Record.Encode())
	s.OnStep(once("before-aside", func() { write(t, s, theirs.Encode()) }))
	var lost *lockcore.Error
	if err := l.Release(background); !isError(err, lockcore.ErrLost, &lost) || lost.Now.Record != theirs {
		t.Errorf("taken over in the last moment: %v", err)
	}
	if !bytes.Equal(mustRead(t, s), theirs.Encode()) {
		t.Error("release removed another's lock")
	}
	if err := os.RemoveAll(s.Dir()); err != nil {
		t.Fatal(err)
	}
	wantLost("store removed", lockcore.Record{})
}

// TestAwayForAMoment: a lock that is not in its place for one look is not lost, and not gone. A killed program left it aside,
// which the guard's next holder mends, or a sync engine swaps it.
func TestAwayForAMoment(t *testing.T) {
	release := func(_ *lockcore.Store, l *lockcore.Lock) error { return l.Release(background) }
	unlock := func(s *lockcore.Store, l *lockcore.Lock) error {
		_, err := forceUnlock(s, lockcore.TokenOf(l.Record.Encode()), true)
		return err
	}
	for _, c := range []struct {
		name   string
		change func(*lockcore.Store, *lockcore.Lock) error
		aside  string
		back   int // the look at which it is back in its place; 0 where nobody brings it
	}{
		{"release, killed", release, ".locked.unlock-AAAAAA.tmp", 0},
		{"release, swapped", release, ".syncthing..locked.tmp", 2},
		{"release, swapped slowly", release, ".syncthing..locked.tmp", 3},
		{"unlock, swapped", unlock, ".syncthing..locked.tmp", 2},
	} {
		s := newStore(t)
		l, err := acquire(s)
		if err != nil {
			t.Fatal(err)
		}
		looks, away := 0, filepath.Join(s.Dir(), c.aside)
		s.BlockReads(func() {
			switch looks++; looks {
			case 1:
				rename(t, s.LockPath(), away)
				unsettled(t, s)
			case c.back:
				rename(t, away, s.LockPath())
			}
		})
		if err := c.change(s, l); err != nil || mustRead(t, s) != nil {
			t.Errorf("%s: %v, the lock is %q", c.name, err, mustRead(t, s))
		}
		tidy(t, s)
	}
}

// TestSwappedWhileRemoved: the lock is away in the very moment of its removal, and back after it.
func TestSwappedWhileRemoved(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	away, done := filepath.Join(s.Dir(), ".syncthing..locked.tmp"), false
	s.OnStep(once("before-aside", func() { rename(t, s.LockPath(), away); unsettled(t, s); done = true }))
	looks := 0
	s.BlockReads(func() {
		if done {
			if looks++; looks == 2 {
				rename(t, away, s.LockPath())
			}
		}
	})
	change, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false)
	if err != nil || change.Record != theirs || mustRead(t, s) != nil || len(backups(t, s)) != 1 {
		t.Errorf("%+v, %v; the lock is %q, backups %q", change, err, mustRead(t, s), backups(t, s))
	}
}

// TestPredecessorOfTheSameNumber: a daemon that was restarted under its old PID, as in a container, takes the store again.
func TestPredecessorOfTheSameNumber(t *testing.T) {
	for _, startedAt := range []string{lockcore.Timestamp(time.Now().Add(-time.Minute)), "yesterday"} {
		s := newStore(t)
		c := startChild(t, "acquire", s.Dir(), filepath.Join(filepath.Dir(s.Dir()), "state"))
		old := of(host, c.pid())
		old.StartedAt = startedAt
		write(t, s, old.Encode())
		c.tell("acquire")
		if said := c.hear(); said != "done" {
			t.Error(startedAt, said)
		}
	}
}

// TestCalledOff: a context that has ended changes nothing.
func TestCalledOff(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	before := treeOf(t, s)
	ctx, cancel := context.WithCancel(background)
	cancel()
	release := holdGuard(t, s)
	if _, err := s.ForceUnlock(ctx, lockcore.Snapshot{Token: lockcore.TokenOf(theirs.Encode())}, lockcore.Memory{}, true); err == nil {
		t.Error("unlocked")
	}
	if _, err := s.Acquire(ctx, lockcore.Snapshot{Token: lockcore.TokenOf(theirs.Encode())}, lockcore.Memory{}, false); err == nil {
		t.Error("acquired")
	}
	if _, err := s.Restore(ctx, lockcore.Backup{}, lockcore.Memory{}); err == nil {
		t.Error("restored")
	}
	release()
	after := treeOf(t, s)
	delete(after, s.LockPath()+".guard")
	if fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("changed %q to %q", before, after)
	}
}
