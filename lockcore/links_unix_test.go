//go:build unix

package lockcore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestLockThatIsALink checks that the link is the lock, as it is for the daemons, and that its target is not touched.
func TestLockThatIsALink(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	s := newStore(t)
	elsewhere := filepath.Join(t.TempDir(), "real")
	relink := func() {
		t.Helper()
		noError(t, errors.Join(os.WriteFile(elsewhere, theirs.Encode(), 0o640), os.Symlink(elsewhere, s.LockPath())))
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
	noError(t, err)
	wantPrivate(t, change.Path, []byte(string(lockcore.TokenOf(theirs.Encode()))+"\n"+elsewhere))
	wantState(t, "unlocked", inspect(s), lockcore.Unlocked, "")
	untouched("unlock")
	if last, _ := s.LastBackup(); last.Link != elsewhere || last.Token != change.Token || !last.Record.IsZero() {
		t.Errorf("the last change is %+v", last)
	}
	noError(t, errOf(restore(s)))
	wantLink(t, s, elsewhere)
	untouched("restore")
	l, err := acquire(s)
	if err != nil || l.Replaced.Record != theirs {
		t.Fatalf("%+v, %v", l, err)
	}
	wantPrivate(t, s.LockPath(), l.Record.Encode())
	untouched("takeover")
	noError(t, l.Release(background))
	relink()
	s.FollowLinks()
	s.OnStep(once("before-aside", func() { os.WriteFile(elsewhere, theirsNew.Encode(), 0o600) }))
	if _, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false); err == nil {
		t.Error("removed a link whose target had changed")
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
		t.Errorf("the retry failed: %v", err)
	}
	if last, _ := s.LastBackup(); last.Link != "other" {
		t.Errorf("removed the link %q", last.Link)
	}
}

func wantLink(t *testing.T, s *lockcore.Store, want string) {
	t.Helper()
	if target, err := os.Readlink(s.LockPath()); target != want {
		t.Errorf("the lock is not a link to %s, but %q (%v)", want, target, err)
	}
}
