//go:build unix

package lockcore_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// TestLockIsReturnedLate checks that a daemon which may be about to end, since it reports that it holds nothing, gets its lock
// back once it has run on for longer than an end may take.
func TestLockIsReturnedLate(t *testing.T) {
	t.Parallel()
	s, m, lock, _ := deprived(t, 100*time.Second)
	put(t, filepath.Join(s.Dir(), ".daemon-state.json"), []byte(`{"daemon_pid":null}`))
	if _, err := s.PutBack(background, m); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, s); string(got) != string(lock) {
		t.Errorf("the lock is %q, want %q", got, lock)
	}
}

// TestLeftoversOfAnotherUser checks that what another user left in a store becomes no lock and no backup, and stays, unlike what
// the store's owner left.
func TestLeftoversOfAnotherUser(t *testing.T) {
	for name, ofOwner := range map[string]bool{"a stranger": false, "the store's owner": true} {
		s := newStore(t)
		path := s.LockPath() + ".unlock-BBBBBB.tmp"
		put(t, path, theirs.Encode())
		err := os.Lchown(path, os.Geteuid()+1, -1)
		if err == nil && ofOwner {
			err = os.Lchown(s.Dir(), os.Geteuid()+1, -1)
		}
		if err != nil {
			t.Skip(err) // only root may
		}
		if _, err := setAside(s); err != nil {
			t.Fatal(err)
		}
		_, left := os.Lstat(path)
		if used := left != nil; used != ofOwner || inspect(s).HasLock() != ofOwner {
			t.Errorf("of %s: used %v; there is %q", name, used, treeOf(t, s))
		}
	}
}

// TestGuardIsNotWaitedForLonger checks that a change waits for the guard for GuardTimeout at most if the caller sets no limit.
func TestGuardIsNotWaitedForLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(t)
		write(t, s, theirs.Encode())
		guard, err := fsx.OpenLock(s.LockPath() + ".guard")
		if err != nil {
			t.Fatal(err)
		}
		defer guard.Close()
		if err := fsx.TryLock(guard); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err = forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false)
		if took := time.Since(began); !errors.Is(err, lockcore.ErrGuardBusy) || took < lockcore.GuardTimeout || took > lockcore.GuardTimeout+lockcore.ReadTimeout {
			t.Errorf("%v after %v", err, took)
		}
	})
}
