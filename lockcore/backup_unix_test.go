//go:build unix

package lockcore_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

func TestNoPlaceForBackups(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	s := newStore(t)
	data := of(host, deadPID).Encode()
	write(t, s, data)
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, nil)
	inside := filepath.Join(t.TempDir(), "link")
	noError(t, os.Symlink(s.Dir(), inside))
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

// TestBackupOfALongName checks that a store whose directory has the longest possible name has backups too.
func TestBackupOfALongName(t *testing.T) {
	dir := t.TempDir()
	s, data := openStore(t, filepath.Join(dir, strings.Repeat("x", 255)), filepath.Join(dir, "state")), of(host, deadPID).Encode()
	removeLock(t, s, data)
	noError(t, errOf(restore(s)))
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
	removeLock(t, s, data)
	for name, there := range map[string][]byte{"a lock": theirs.Encode(), "a corrupt lock": []byte("x"), "the same lock": data} {
		write(t, s, there)
		_, err := restore(s)
		if errorOf(err, lockcore.ErrOccupied).Now.Token != lockcore.TokenOf(there) || !bytes.Equal(mustRead(t, s), there) {
			t.Errorf("over %s: %v", name, err)
		}
	}
	noError(t, os.Remove(s.LockPath()))
	// A lock that appears at the last moment is not replaced.
	s.OnStep(once("noted", func() { write(t, s, theirs.Encode()) }))
	_, err := restore(s)
	if errorOf(err, lockcore.ErrOccupied).Now.Record != theirs || !bytes.Equal(mustRead(t, s), theirs.Encode()) {
		t.Errorf("beside a newcomer: %v", err)
	}
	if last, _ := s.LastBackup(); last.Kind != lockcore.BackupUnlock {
		t.Errorf("the refused restore left the backup %+v", last)
	}
	noError(t, os.Remove(s.LockPath()))
	noError(t, placeholder(t, s))
	if _, err := restore(s); !unreadableBecause(lockcore.NotDownloaded)(s, err) {
		t.Errorf("beside a placeholder: %v", err)
	}
	tidy(t, s)
}

// TestUndo checks that Restore puts back the backup that was seen, or nothing. Stores of the same name have separate backups, and a store
// has the same backups by every path.
func TestUndo(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	dir := t.TempDir()
	a, b := openStore(t, dir+"/a/.iai-mcp", dir+"/state"), openStore(t, dir+"/b/.iai-mcp", dir+"/state")
	refused := func(s *lockcore.Store, seen, newest lockcore.Backup) {
		t.Helper()
		_, err := s.Restore(background, seen, lockcore.Memory{})
		if errorOf(err, lockcore.ErrSuperseded).Backup != newest || inspect(s).HasLock() {
			t.Errorf("%v; want ErrSuperseded with %+v", err, newest)
		}
	}
	first := removeLock(t, a, theirs.Encode())
	noError(t, os.Symlink(a.Dir(), dir+"/link"))
	link := mustOpen(dir+"/link", dir+"/state")
	second := removeLock(t, link, theirs.Encode())
	refused(a, first, second) // the same bytes, removed twice, once by another path
	noError(t, errors.Join(os.Remove(dir+"/link"), os.Symlink(b.Dir(), dir+"/link")))
	if _, err := link.Restore(background, second, lockcore.Memory{}); !errors.Is(err, lockcore.ErrNoBackup) {
		t.Errorf("the link leads to a store without a backup: %v", err)
	}
	refused(link, second, removeLock(t, b, of(them, 7).Encode()))
	if c, err := a.Restore(background, second, lockcore.Memory{}); err != nil || c.Token != second.Token || !bytes.Equal(mustRead(t, a), theirs.Encode()) {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestBackupsArePruned checks that a change, before it adds its own backup, prunes the oldest backups of locks, and separately those of
// copies.
func TestBackupsArePruned(t *testing.T) {
	s := newStore(t)
	s.Among()
	newest := removeLock(t, s, theirs.Encode())
	begin := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for kind, count := range map[string]int{"unlock": lockcore.KeptBackups + 3, "copy": lockcore.KeptCopies + 3} {
		for i := range count {
			name := begin.Add(time.Duration(i)*time.Second).Format("20060102T150405.000000000Z") + "-" + kind + lockcore.LockName
			put(t, filepath.Join(filepath.Dir(newest.Path), name), fmt.Append(nil, kind, i))
		}
	}
	noError(t, errOf(restore(s)))
	tree := treeOf(t, s)
	for text, want := range map[string]bool{"unlock3": false, "unlock4": true, "copy2": false, "copy3": true} { // newest is a lock too
		if holds(tree, []byte(text)) != want {
			t.Errorf("%s is kept: %v", text, !want)
		}
	}
	if got, want := len(backups(t, s)), lockcore.KeptBackups+1+lockcore.KeptCopies; got != want {
		t.Errorf("%d backups afterwards, want %d", got, want)
	}
}

// TestManyCopies checks that SetAside keeps each of many copies, and that their backups displace no backup of a lock.
func TestManyCopies(t *testing.T) {
	s := newStore(t)
	s.Among()
	removeLock(t, s, theirs.Encode())
	const many = lockcore.KeptBackups + 10
	copyOf := func(i int) []byte {
		return lockcore.Record{PID: i + 1, Hostname: them, StartedAt: started, SchemaVersion: "1"}.Encode()
	}
	for i := range many {
		put(t, fmt.Sprint(s.LockPath(), " ", i+2), copyOf(i))
	}
	if done, err := setAside(s); len(done) != many || err != nil {
		t.Errorf("%d of %d copies set aside, %v", len(done), many, err)
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

// TestBackupsOfAFutureClock checks that a backup made after the clock was set back counts as the newest.
func TestBackupsOfAFutureClock(t *testing.T) {
	s := newStore(t)
	for i := range 3 {
		data := of(them, i+1).Encode()
		c := removeLock(t, s, data)
		if last, _ := s.LastBackup(); last != c {
			t.Fatalf("the last backup is %+v, want %+v", last, c)
		}
		if i == 0 {
			later := time.Now().UTC().Add(time.Hour).Format("20060102T150405.000000000Z") + "-unlock.locked"
			noError(t, os.Rename(c.Path, filepath.Join(filepath.Dir(c.Path), later)))
		}
	}
}
