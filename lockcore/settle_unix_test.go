//go:build unix

package lockcore_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestLockBeingWritten checks that Inspect reports what a lock becomes while its daemon fills it in place.
func TestLockBeingWritten(t *testing.T) {
	t.Parallel()
	testfs.Need(t, testfs.FineTimes)
	live, stale := of(host, livePID).Encode(), of(host, deadPID).Encode()
	half := func(data []byte) []byte { return data[:len(data)/2] }
	for _, c := range []struct {
		name   string
		looks  [][]byte // the lock at each look; nil for another file with the same bytes
		state  lockcore.State
		reason lockcore.Reason
	}{
		{"held", [][]byte{{}, half(live), live}, lockcore.HeldHere, ""},
		{"held elsewhere", [][]byte{{}, half(theirs.Encode()), theirs.Encode()}, lockcore.HeldElsewhere, ""},
		{"stale", [][]byte{{}, half(stale), stale}, lockcore.Stale, lockcore.ProcessGone},
		{"whole at once", [][]byte{live}, lockcore.HeldHere, ""},
		{"empty for good", [][]byte{{}, {}}, lockcore.Corrupt, lockcore.NotJSON},
		{"half for good", [][]byte{{}, half(live), half(live)}, lockcore.Corrupt, lockcore.NotJSON},
		{"empty again", [][]byte{{}, nil, {}}, lockcore.Corrupt, lockcore.NotJSON},
		{"empty again, and filled", [][]byte{{}, nil, live}, lockcore.HeldHere, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			looks := 0
			s.BlockReads(func() {
				if looks < len(c.looks) {
					becomes(t, s, c.looks[looks])
				}
				looks++
			})
			wantState(t, c.name, s.Inspect(background, lockcore.Memory{}), c.state, c.reason)
			if c.state == lockcore.Stale {
				looks-- // a stale lock is read once more
			}
			if looks != len(c.looks) {
				t.Errorf("%d looks, not %d", looks, len(c.looks))
			}
		})
	}
}

// becomes writes data in place unless the lock has that content. For nil it replaces the lock by another file with the same bytes.
func becomes(t *testing.T, s *lockcore.Store, data []byte) {
	if data == nil {
		data = mustRead(t, s)
		if err := os.Remove(s.LockPath()); err != nil {
			t.Error(err)
		}
	} else if there := mustRead(t, s); there != nil && string(there) == string(data) {
		return
	}
	if err := os.WriteFile(s.LockPath(), data, 0o600); err != nil {
		t.Error(err)
	}
}

// TestLockThatKeepsChanging checks that Inspect of a lock that never settles ends, and reports an unknown state.
func TestLockThatKeepsChanging(t *testing.T) {
	t.Parallel()
	testfs.Need(t, testfs.FineTimes)
	s := newStore(t)
	content := []byte("{")
	s.BlockReads(func() {
		content = append(content, ' ')
		becomes(t, s, content)
	})
	ended := time.AfterFunc(patience, func() { t.Errorf("no answer in %v", patience) })
	wantState(t, "for ever", s.Inspect(background, lockcore.Memory{}), lockcore.Unknown, lockcore.Timeout)
	ended.Stop()
	if _, err := forceUnlock(s, lockcore.TokenOf(content), true); !isError(err, lockcore.ErrUnreadable) {
		t.Errorf("unlock: %v", err)
	}
}

// TestCorruptForLong checks that a corrupt lock is reported at once if it was not written lately.
func TestCorruptForLong(t *testing.T) {
	t.Parallel()
	testfs.Need(t, testfs.FineTimes)
	s := newStore(t)
	write(t, s, []byte("{"))
	settleDown()
	looks := 0
	s.BlockReads(func() { looks++ })
	wantState(t, "old", s.Inspect(background, lockcore.Memory{}), lockcore.Corrupt, lockcore.NotJSON)
	if looks != 1 {
		t.Errorf("%d looks", looks)
	}
}

// clockTick is the kernel's precision for the time at which a file was changed and a process began.
const clockTick = 10 * time.Millisecond

// settleDown waits until a file that was just written is old enough for Inspect to believe it.
func settleDown() {
	time.Sleep(lockcore.SettleTime + 2*clockTick)
}

// TestReplacedBetweenStatAndOpen lets an in-place daemon replace a stale lock between the stat and the open of a read. The new lock, which
// is still empty, must not be dated like the old one: it would be reported as corrupt.
func TestReplacedBetweenStatAndOpen(t *testing.T) {
	t.Parallel()
	testfs.Need(t, testfs.FineTimes)
	s := newStore(t)
	write(t, s, of(host, deadPID).Encode())
	info, err := os.Lstat(s.LockPath())
	noError(t, err)
	settleDown()
	replaced := time.Now()
	noError(t, errors.Join(os.Remove(s.LockPath()), os.WriteFile(s.LockPath(), nil, 0o600)))
	if changed := lockcore.ReadAfterStat(s.LockPath(), info); replaced.Sub(changed) > lockcore.SettleTime/2 {
		t.Errorf("written at %v, but dated %v", replaced, changed)
	}
}

// TestAbsenceSettles checks that a lock is not reported as gone if it is absent for a moment, as while a sync engine swaps it.
func TestAbsenceSettles(t *testing.T) {
	testfs.Need(t, testfs.FineTimes)
	s := newStore(t)
	write(t, s, theirs.Encode())
	away := s.LockPath() + ".away.tmp"
	rename(t, s.LockPath(), away)
	unsettle(t, s)
	looks := 0
	s.BlockReads(func() {
		if looks++; looks == 2 {
			rename(t, away, s.LockPath())
		}
	})
	wantState(t, "swapped", s.Inspect(background, lockcore.Memory{}), lockcore.HeldElsewhere, "")

	noError(t, os.Remove(s.LockPath()))
	old := time.Now().Add(-time.Minute)
	noError(t, os.Chtimes(s.Dir(), old, old)) // as rsync -a does
	looks = 2                                 // later than the look that puts the lock back
	gone := time.Now()
	wantState(t, "just gone, and the time set back", s.Inspect(background, lockcore.Memory{}), lockcore.Unlocked, "")
	if looks != 4 && time.Since(gone) < lockcore.SettleTime { // else the machine stalled before the look
		t.Errorf("%d looks at a new absence", looks-2)
	}
	time.Sleep(lockcore.SettleTime) // ctime, unlike the modification time, cannot be set back
	looks = 2
	wantState(t, "gone for long", s.Inspect(background, lockcore.Memory{}), lockcore.Unlocked, "")
	if looks != 3 {
		t.Errorf("%d looks at an absence that has settled", looks-2)
	}
}

// unsettle makes the store look recently changed, however long the machine stalls before the look.
func unsettle(t *testing.T, s *lockcore.Store) {
	t.Helper()
	future := time.Now().Add(time.Hour)
	noError(t, os.Chtimes(s.Dir(), future, future))
}

// TestAbsenceThatCannotSettle checks that Inspect does not report a lock as absent if it is cancelled before the second look.
func TestAbsenceThatCannotSettle(t *testing.T) {
	for range 20 { // if this machine stalls, the second look may come before the cancellation
		s := newStore(t)
		unsettle(t, s)
		ctx, cancel := context.WithCancel(background)
		s.BlockReads(func() { time.AfterFunc(lockcore.SettleTime/2, cancel) })
		got := s.Inspect(ctx, lockcore.Memory{})
		cancel()
		if got.State == lockcore.Unknown && got.Reason == lockcore.Timeout {
			return
		}
	}
	t.Error("a cancelled look reports that there is no lock")
}
