//go:build unix

package lockcore_test

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/lockcore"
)

// TestLeftoversOfAnotherUser checks that another user's leftover stays and does not become a lock, unlike a leftover of the store's owner.
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
		noError(t, errOf(setAside(s)))
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
		defer holdGuard(t, s)()
		began := time.Now()
		_, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false)
		if took := time.Since(began); !errors.Is(err, lockcore.ErrGuardBusy) || took < lockcore.GuardTimeout || took > lockcore.GuardTimeout+lockcore.ReadTimeout {
			t.Errorf("%v after %v", err, took)
		}
	})
}
