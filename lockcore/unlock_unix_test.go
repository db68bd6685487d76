//go:build unix

package lockcore_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

func TestForceUnlock(t *testing.T) {
	stale, corrupt := of(host, deadPID).Encode(), []byte("\x00 no lock \xff")
	live := of(host, livePID).Encode()
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

func TestForceUnlockRefuses(t *testing.T) {
	stale := of(host, deadPID).Encode()
	holder := of(host, livePID)
	for _, c := range []struct {
		name  string
		make  func(t *testing.T, s *lockcore.Store) error
		token lockcore.Token
		check func(s *lockcore.Store, err error) bool
	}{
		{"another lock", content(string(theirs.Encode())), lockcore.TokenOf(stale), func(s *lockcore.Store, err error) bool {
			now := errorOf(err, lockcore.ErrChanged).Now
			return now.Record == theirs && now.State == lockcore.HeldElsewhere
		}},
		{"no token", content(string(theirs.Encode())), "", func(s *lockcore.Store, err error) bool {
			return isError(err, lockcore.ErrChanged)
		}},
		{"live holder", content(string(holder.Encode())), lockcore.TokenOf(holder.Encode()), func(s *lockcore.Store, err error) bool {
			now := errorOf(err, lockcore.ErrHeld).Now
			return now.Record == holder && now.Holder.PID == holder.PID
		}},
		{"contested", func(t *testing.T, s *lockcore.Store) error {
			if err := os.WriteFile(s.LockPath()+" 2", theirs.Encode(), 0o600); err != nil {
				return err
			}
			return os.WriteFile(s.LockPath(), stale, 0o600)
		}, lockcore.TokenOf(stale), func(s *lockcore.Store, err error) bool {
			return errorOf(err, lockcore.ErrHeld).Now.State == lockcore.Contested && strings.Contains(err.Error(), "contested")
		}},
		{"not a file", func(t *testing.T, s *lockcore.Store) error { return os.Mkdir(s.LockPath(), 0o700) }, "", unreadableBecause(lockcore.NotARegularFile)},
		{"too large", content(strings.Repeat(" ", lockcore.MaxSize+1)), "", unreadableBecause(lockcore.TooLarge)},
		{"not downloaded", placeholder, "", unreadableBecause(lockcore.NotDownloaded)},
		{"no store", func(t *testing.T, s *lockcore.Store) error { return os.Remove(s.Dir()) }, "", unreadableBecause(lockcore.StoreMissing)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t)
			noError(t, c.make(t, s))
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
		return isError(err, lockcore.ErrUnreadable) && errorOf(err, lockcore.ErrUnreadable).Now.Reason == why
	}
}

// TestForceUnlockOfAnotherEmptyLock checks that an empty lock is not removed if it has replaced the empty lock that the caller saw. Only
// the time of writing distinguishes the two.
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

// TestUnlockRaces replaces or deletes the lock at a step of its removal, as a daemon without the guard does.
func TestUnlockRaces(t *testing.T) {
	old, fresh := of(host, deadPID).Encode(), theirsNew.Encode()
	for _, c := range []struct {
		at       string
		change   func(t *testing.T, s *lockcore.Store)
		lock     []byte // in place afterwards
		kept     int    // backups afterwards
		released bool   // no error: the old lock is gone
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
		if c.released != (err == nil) || err != nil && errorOf(err, lockcore.ErrChanged).Now.Record != theirsNew {
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

// TestPutBackBesideANewer lets two writers replace the lock during one removal. The newer lock stays, and the other one is moved to the
// backups.
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

// TestNotPutBack moves the store away while a new lock is aside, so that the change cannot put the lock back. The error must not say that
// there was no lock, and no backup may be dropped. Once the store is back, the next change puts the lock in its place.
func TestNotPutBack(t *testing.T) {
	old, fresh := of(host, deadPID).Encode(), of(host, os.Getpid()).Encode()
	for _, c := range []struct {
		name   string
		change func(s *lockcore.Store) error
	}{
		{"unlock", func(s *lockcore.Store) error {
			return errOf(forceUnlock(s, lockcore.TokenOf(old), false))
		}},
		{"acquire", func(s *lockcore.Store) error { return errOf(acquire(s)) }},
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
		aside := errorOf(err, lockcore.ErrAside)
		if filepath.Dir(aside.Path) != s.Dir() || errors.Is(err, fs.ErrNotExist) {
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

// TestAwayForAMoment checks that a lock can still be released and unlocked if it is missing for a moment. Either a killed program left the
// lock aside, and the next holder of the guard puts it back, or a sync engine swaps it.
func TestAwayForAMoment(t *testing.T) {
	release := func(_ *lockcore.Store, l *lockcore.Lock) error { return l.Release(background) }
	unlock := func(s *lockcore.Store, l *lockcore.Lock) error {
		return errOf(forceUnlock(s, lockcore.TokenOf(l.Record.Encode()), true))
	}
	for _, c := range []struct {
		name   string
		change func(*lockcore.Store, *lockcore.Lock) error
		aside  string
		back   int // the look at which a sync engine puts it back; 0 for never
	}{
		{"release, killed", release, ".locked.unlock-AAAAAA.tmp", 0},
		{"release, swapped", release, ".syncthing..locked.tmp", 2},
		{"release, swapped slowly", release, ".syncthing..locked.tmp", 3},
		{"unlock, swapped", unlock, ".syncthing..locked.tmp", 2},
	} {
		s := newStore(t)
		l := mustAcquire(t, s)
		looks, away := 0, filepath.Join(s.Dir(), c.aside)
		s.BlockReads(func() {
			switch looks++; looks {
			case 1:
				rename(t, s.LockPath(), away)
				unsettle(t, s)
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

// TestSwappedWhileRemoved takes the lock away just before it is removed, as a sync engine does, and brings it back afterwards.
func TestSwappedWhileRemoved(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	away, done := filepath.Join(s.Dir(), ".syncthing..locked.tmp"), false
	s.OnStep(once("before-aside", func() { rename(t, s.LockPath(), away); unsettle(t, s); done = true }))
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
