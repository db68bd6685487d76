//go:build unix

package lockcore_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

func TestSetAsideCopies(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	copied := string(theirsNew.Encode())
	copies := map[string]string{".locked 2": copied, ".locked-HOST": copied, ".locked (Kopie 1)": copied}
	if runtime.GOOS != "darwin" && testfs.Has(t, testfs.OddNames) { // APFS has no names that are not UTF-8
		copies[".locked-\xff"] = copied
	}
	for name, data := range copies {
		noError(t, os.WriteFile(filepath.Join(s.Dir(), name), []byte(data), 0o644))
	}
	for name, data := range map[string][]byte{".locked-LARGE": make([]byte, lockcore.MaxSize+1), ".locked-TEXT": []byte("no lock")} {
		put(t, filepath.Join(s.Dir(), name), data)
	}
	done, err := setAside(s)
	if err != nil {
		t.Error(err)
	}
	if len(done) != len(copies) || len(backups(t, s)) != len(copies) {
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
		t.Error("a copy counts as a change of the lock")
	}
	if last, ok := s.LastCopy(); !ok || last != done[len(done)-1] {
		t.Errorf("the last copy is %+v", last)
	}
	tidy(t, s)
}

// TestSetAsideSeen checks that a copy stays if the caller did not see it, or if its record has changed since.
func TestSetAsideSeen(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	first, second, third := s.LockPath()+" 2", s.LockPath()+" 3", s.LockPath()+" 4"
	put(t, first, theirsNew.Encode())
	put(t, second, theirsNew.Encode())
	seen := inspect(s)
	put(t, second, of(them, 99).Encode())
	put(t, third, theirsNew.Encode())
	done, err := s.SetAside(background, seen, lockcore.Memory{})
	if err != nil || len(done) != 1 || done[0].Record != theirsNew {
		t.Errorf("%+v, %v", done, err)
	}
	if got := inspect(s).Conflicts.List(); len(got) != 2 || got[0].Path != second || got[1].Path != third {
		t.Errorf("left: %+v", got)
	}
	tidy(t, s)
}

// TestCopiesThatCannotBeListed checks that SetAside returns an error, rather than no copies, if its look under the guard fails.
func TestCopiesThatCannotBeListed(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode()) // so that the first look is not repeated, as it would be for a new absence
	put(t, s.LockPath()+" 2", []byte("copy"))
	ctx, cancel := context.WithCancel(background)
	hang, guarded := make(chan struct{}), false
	defer close(hang)
	s.OnStep(once("guard-opened", func() { guarded = true }))
	s.BlockReads(func() {
		if guarded {
			cancel()
			<-hang
		}
	})
	if done, err := s.SetAside(ctx, lockcore.Snapshot{}, lockcore.Memory{}); len(done) > 0 || !unreadableBecause(lockcore.Timeout)(s, err) {
		t.Errorf("got %+v, %v", done, err)
	}
}

// TestCopyReplacedMeanwhile checks that a copy stays if the sync engine rewrites it during SetAside, and that its old content is in the
// backups.
func TestCopyReplacedMeanwhile(t *testing.T) {
	s := newStore(t)
	path := s.LockPath() + " 2"
	put(t, path, theirs.Encode())
	s.OnStep(once("copy-backed-up", func() { os.WriteFile(path, theirsNew.Encode(), 0o600) }))
	if done, err := setAside(s); err == nil || len(done) > 0 {
		t.Errorf("set aside %+v", done)
	}
	if !testfs.Has(t, testfs.RenameNew) { // the new copy could not be moved back; the next change moves it to the backups
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
