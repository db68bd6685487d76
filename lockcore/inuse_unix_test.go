//go:build unix

package lockcore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"lockbar/lockcore"
)

// besides returns locks that do not name the process that a test starts beside them; nil for no lock.
func besides() map[string][]byte {
	return map[string][]byte{"no lock": nil, "a corrupt lock": []byte("{"), "a stale lock": of(host, deadPID).Encode(), "a foreign lock": theirs.Encode()}
}

// refusesBoth returns an error unless Acquire and, if there is a lock, ForceUnlock refuse to change the store without force.
func refusesBoth(s *lockcore.Store, m lockcore.Memory) error {
	seen := s.Inspect(background, m)
	if !seen.InUse() {
		return fmt.Errorf("%s is not in use", seen.State)
	}
	if _, err := s.Acquire(background, seen, m, false); !isError(err, lockcore.ErrHeld) || err.Error() == "" {
		return fmt.Errorf("acquire: %v", err)
	}
	if _, err := s.ForceUnlock(background, seen, m, false); seen.HasLock() && !isError(err, lockcore.ErrHeld) {
		return fmt.Errorf("unlock: %v", err)
	}
	return nil
}

// TestMoreEvidenceProtectsNoLess checks that a daemon is protected if the lock does not name it, whether anything else does or not.
func TestMoreEvidenceProtectsNoLess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("which store a process uses is known for certain on Linux only")
	}
	for name, lock := range besides() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			if lock != nil {
				write(t, s, lock)
			}
			pid := daemon(t, s.Dir()).pid()
			wantRefused := func(evidence string) {
				t.Helper()
				if err := refusesBoth(s, lockcore.Memory{}); err != nil {
					t.Errorf("%s: %v", evidence, err)
				}
			}
			wantRefused("nothing names it")
			copyPath := s.LockPath() + " 2"
			put(t, copyPath, of(host, pid).Encode())
			wantRefused("a copy names it")
			put(t, filepath.Join(s.Dir(), ".daemon-state.json"), fmt.Appendf(nil, `{"daemon_pid":%d}`, pid))
			wantRefused("a copy and the state name it")
			noError(t, os.Remove(copyPath))
			wantRefused("the state names it")
		})
	}
}

// TestRememberedRunIsProtected checks that a lockbar run that was seen to hold the store is protected, whatever became of its lock.
func TestRememberedRunIsProtected(t *testing.T) {
	t.Parallel()
	for name, lock := range besides() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			run := waiter(t, lockcore.RunArgument, s.Dir())
			write(t, s, of(host, run.pid()).Encode())
			var m lockcore.Memory
			m = m.Next(s.Inspect(background, m), time.Now())
			noError(t, os.Remove(s.LockPath()))
			if lock != nil {
				write(t, s, lock)
			}
			if err := refusesBoth(s, m); err != nil {
				t.Error(err)
			}
			m = m.Next(s.Inspect(background, m), time.Now())
			if m.Holder.PID != run.pid() {
				t.Errorf("the run is forgotten: %+v", m)
			}
			run.kill()
			if now := s.Inspect(background, m); now.InUse() {
				t.Errorf("in use after the end of the run: %s, beside %+v", now.State, now.LocalDaemon)
			}
		})
	}
}

// TestWhatWasSeenCounts checks that the caller's Snapshot is evidence even if its Memory is empty, or names another holder, which has
// ended.
func TestWhatWasSeenCounts(t *testing.T) {
	s := newStore(t)
	holder := waiter(t)
	write(t, s, of(host, holder.pid()).Encode())
	var m lockcore.Memory
	m = m.Next(s.Inspect(background, m), time.Now())
	write(t, s, theirs.Encode())
	seen := s.Inspect(background, m)
	wantState(t, "seen", seen, lockcore.Contested, lockcore.LocalDaemonAlive)
	ended := waiter(t)
	old := lockcore.Memory{Holder: lockcore.Probe(ended.pid()), StartedAt: "x"}
	ended.kill()
	for name, m := range map[string]lockcore.Memory{"nothing": {}, "another one, which has ended": old} {
		if _, err := s.ForceUnlock(background, seen, m, false); !isError(err, lockcore.ErrHeld) {
			t.Errorf("remembering %s: %v", name, err)
		}
	}
}

// TestStrangerOnADeadMount checks that a daemon whose own store does not answer delays only the first look at another store.
func TestStrangerOnADeadMount(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	elsewhere := filepath.Join(t.TempDir(), "dead")
	daemon(t, elsewhere)
	defer s.BlockPath(elsewhere)()
	began := time.Now()
	wantState(t, "first", s.Look(lockcore.Memory{}, nil), lockcore.Unlocked, "")
	first := time.Since(began)
	began = time.Now()
	wantState(t, "second", s.Look(lockcore.Memory{}, nil), lockcore.Unlocked, "")
	if second := time.Since(began); second >= first {
		t.Errorf("the second look took %v, the first %v", second, first)
	}
}

// TestRunIsProtectedUnremembered checks that a lockbar run is protected, even if nothing is remembered, if it is older than a lock that
// does not name it. Such a run has lost its own lock.
func TestRunIsProtectedUnremembered(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("which store a process uses is known for certain on Linux only")
	}
	for name, lock := range besides() {
		if lock == nil {
			continue // the run may be about to take the store
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			write(t, s, lock)
			waiter(t, lockcore.RunArgument, s.Dir())
			if now := s.Inspect(background, lockcore.Memory{}); now.InUse() {
				t.Errorf("a run that waits for its turn counts: %s, beside %+v", now.State, now.LocalDaemon)
			}
			time.Sleep(3 * lockcore.SettleTime / 2) // so that the new lock is later by the clock of the file system
			write(t, s, lock)
			if err := refusesBoth(s, lockcore.Memory{}); err != nil {
				t.Error(err)
			}
		})
	}
}
