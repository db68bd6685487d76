//go:build unix

package watch

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestDeathAtAcquisition checks that the end of every holder is reported, however soon after the acquisition it comes. There is no poll.
func TestDeathAtAcquisition(t *testing.T) {
	t.Parallel()
	stores := testfs.Rounds(25, 50)
	var dirs []string
	for range stores {
		dirs = append(dirs, t.TempDir())
	}
	s := watchDirs(t, never, nil, dirs...)
	s.each(stores, func(c Change) bool { return c.To.State == lockcore.Unlocked })
	for round := range testfs.Rounds(1, 10) {
		dead := map[int]int{}
		for i, dir := range dirs {
			holder := sleeper(t)
			dead[i] = put(t, dir, holder.Process.Pid, here).PID
			if (round+i)%3 == 0 { // so that the end comes at any point of the look
				time.Sleep(time.Duration(i*37%1000) * time.Microsecond)
			}
			end(t, holder)
		}
		s.each(stores, func(c Change) bool {
			return c.To.State == lockcore.Stale && c.To.Record.PID == dead[c.Store]
		})
	}
}

// TestZombieHolder checks that a zombie does not count as running, although kill(2) finds it. Once its parent has reaped it, the reason
// is another.
func TestZombieHolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	holder := sleeper(t)
	put(t, dir, holder.Process.Pid, here)
	s := watchDirs(t, never, nil, dir)
	s.until(lockcore.HeldHere, "")
	ok(t, holder.Process.Kill())
	c := s.await("stale", func(c Change) bool { return c.To.State == lockcore.Stale })
	if c.Event != WentStale {
		t.Errorf("event %q", c.Event)
	}
	if c.To.Reason == lockcore.ProcessGone { // macOS reports an end just before it makes a zombie
		c = s.until(lockcore.Stale, lockcore.ZombieProcess)
	}
	if c.To.Reason != lockcore.ZombieProcess {
		t.Errorf("stale: %s", c.To.Reason)
	}
	holder.Wait()
	put(t, dir, holder.Process.Pid, here)
	s.until(lockcore.Stale, lockcore.ProcessGone)
}

func TestTakenOverWhileTheHolderRuns(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]int{"by the same PID": 0, "by another PID": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, holder := t.TempDir(), sleeper(t)
			put(t, dir, holder.Process.Pid, here)
			s := watchDirs(t, never, nil, dir)
			s.until(lockcore.HeldHere, "")
			put(t, dir, holder.Process.Pid+more, there)
			if c := s.until(lockcore.Contested, lockcore.LocalDaemonAlive); c.Event != TakenOver {
				t.Errorf("event %q, want %q", c.Event, TakenOver)
			}
			end(t, holder)
			if c := s.until(lockcore.HeldElsewhere, ""); c.Event != Cleared {
				t.Errorf("event %q, want %q", c.Event, Cleared)
			}
		})
	}
}

// stillTime makes a system without file events and ends of processes, for a test in simulated time.
func stillTime(s *system) {
	undisturbed(s)
	s.newWatcher = func() (*fsnotify.Watcher, error) { return nil, errors.New("no events in still time") }
	s.openExit = func(int) (ending, error) { return make(pretended), nil }
}

// TestLockVanishes removes a lock whose holder keeps running. For half a minute this counts as a shutdown, and then as contested. The event
// of the absence is delayed by TakeoverTime.
func TestLockVanishes(t *testing.T) {
	dir := t.TempDir()
	store, holder := open(t, dir), daemon(t, dir)
	synctest.Test(t, func(t *testing.T) {
		put(t, dir, holder.Process.Pid, here)
		s := watchStores(t, never, stillTime, store)
		s.until(lockcore.HeldHere, "")
		ok(t, os.Remove(store.LockPath()))
		gone := s.until(lockcore.Unlocked, "")
		if !gone.Waits() || gone.From.State != lockcore.HeldHere {
			t.Errorf("%q from %v, want a state that waits for its event", gone.Event, gone.From.State)
		}
		c := s.until(lockcore.Unlocked, "")
		if after := c.At.Sub(gone.At); c.Event != Released || c.From.State != lockcore.HeldHere || after != TakeoverTime {
			t.Errorf("%q from %v after %v, want %v", c.Event, c.From.State, after, TakeoverTime)
		}
		c = s.until(lockcore.Contested, lockcore.LockMissing)
		if after := c.At.Sub(gone.At); c.Event != BecameTwo || after != lockcore.MissingAfter {
			t.Errorf("%q after %v, want %v", c.Event, after, lockcore.MissingAfter)
		}
		s.stop()
	})
}

// TestOrderlyEnd checks that if a process ends after its lock disappeared, the event that waits is reported at once.
func TestOrderlyEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	holder := sleeper(t)
	put(t, dir, holder.Process.Pid, here)
	s := watchDirs(t, never, nil, dir)
	s.until(lockcore.HeldHere, "")
	ok(t, os.Remove(filepath.Join(dir, lockcore.LockName)))
	gone := s.until(lockcore.Unlocked, "")
	if !gone.Waits() {
		t.Errorf("event %q while the holder runs, want one that waits", gone.Event)
	}
	end(t, holder)
	c := s.until(lockcore.Unlocked, "")
	if after := c.At.Sub(gone.At); c.Event != Released || after >= TakeoverTime {
		t.Errorf("event %q after %v, want %q at the end of the process", c.Event, after, Released)
	}
}

// TestTakenOverInTwoSteps checks that a takeover whose delete and create a sync engine delivers separately is one event. The state is
// reported at each step.
func TestTakenOverInTwoSteps(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		host          string
		before, after lockcore.State
	}{
		"from a third machine": {"mac-c", lockcore.HeldElsewhere, lockcore.HeldElsewhere},
		"from us":              {here, lockcore.HeldHere, lockcore.Contested},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			before := put(t, dir, sleeper(t).Process.Pid, test.host)
			s := watchDirs(t, never, nil, dir)
			s.event(Initial, test.before)
			ok(t, os.Remove(filepath.Join(dir, lockcore.LockName)))
			if c := s.until(lockcore.Unlocked, ""); !c.Waits() {
				t.Errorf("event %q, want one that waits", c.Event)
			}
			time.Sleep(3 * lockcore.SettleTime) // so that the absence is believed
			theirs := put(t, dir, 77, there)
			c := s.await("an event", func(c Change) bool { return c.Event != NoEvent })
			if c.Event != TakenOver || c.To.State != test.after || c.From.Record != before || c.To.Record != theirs {
				t.Errorf("%q from %+v to %v %+v", c.Event, c.From.Record, c.To.State, c.To.Record)
			}
			put(t, dir, 78, there)
			if c := s.await("an event", func(c Change) bool { return c.Event != NoEvent }); c.From.Record != theirs {
				t.Errorf("another event: %q from %+v", c.Event, c.From.Record)
			}
		})
	}
}

// fate simulates a wait that ends when the channel is closed; later waits end at once.
type fate chan struct{}

func (f fate) wait() error { <-f; return nil }
func (f fate) close()      {}

// TestUnreapedHolder uses a holder that nobody reaps (a zombie) while its lock is corrupt: no look can find out that it ended, and each
// new wait for it ends at once.
func TestUnreapedHolder(t *testing.T) {
	dir, holder := t.TempDir(), sleeper(t)
	store := &counting{Store: open(t, dir)}
	synctest.Test(t, func(t *testing.T) {
		put(t, dir, holder.Process.Pid, here)
		ended := make(fate)
		s := watchStores(t, never, func(sys *system) {
			stillTime(sys)
			sys.openExit = func(int) (ending, error) { return ended, nil }
		}, store)
		s.until(lockcore.HeldHere, "")
		replace(t, store.LockPath(), []byte("{"))
		s.until(lockcore.Corrupt, lockcore.NotJSON)
		ok(t, holder.Process.Kill())
		close(ended)
		synctest.Wait()
		before := store.looks.Load()
		time.Sleep(BlindInterval)
		if n := store.looks.Load() - before; n > 3 {
			t.Errorf("%d looks although nothing happens", n)
		}
		s.stop()
	})
}

// TestAbsenceIsBelievedWhenSettled checks, in simulated time, that an absence is believed after the settle time, not before, and that a
// store without events is polled every 5 s.
func TestAbsenceIsBelievedWhenSettled(t *testing.T) {
	dir := t.TempDir()
	store := &counting{Store: open(t, dir)}
	synctest.Test(t, func(t *testing.T) {
		put(t, dir, 1, there)
		began := time.Now()
		s := watchStores(t, never, stillTime, store)
		s.until(lockcore.HeldElsewhere, "")
		ok(t, os.Remove(store.LockPath()))
		c := s.until(lockcore.Unlocked, "")
		if got, want := c.At.Sub(began), BlindInterval+lockcore.SettleTime; got != want {
			t.Errorf("believed after %v, want %v", got, want)
		}
		if n := store.looks.Load(); n != 3 {
			t.Errorf("%d looks, want 3: at the start, at the poll, when settled", n)
		}
		s.stop()
	})
}

// TestOwnChanges checks that our own changes are reported as such, each once.
func TestOwnChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(t, dir)
	put(t, dir, 1, there)
	s := watchStores(t, lossyPoll, nil, store)
	token := s.until(lockcore.HeldElsewhere, "").To.Token
	_, err := store.ForceUnlock(t.Context(), lockcore.Snapshot{Token: token}, lockcore.Memory{}, false)
	ok(t, err)
	s.event(WasRemoved, lockcore.Unlocked)
	change, err := store.Restore(t.Context(), lockcore.Backup{}, lockcore.Memory{})
	ok(t, err)
	s.event(WasRestored, lockcore.HeldElsewhere)
	_, err = store.ForceUnlock(t.Context(), lockcore.Snapshot{Token: token}, lockcore.Memory{}, false)
	ok(t, err)
	s.event(WasRemoved, lockcore.Unlocked)
	bytes, err := os.ReadFile(change.Path)
	ok(t, err)
	replace(t, store.LockPath(), bytes) // a sync engine brings it back
	s.event(Resurrected, lockcore.HeldElsewhere)
	ok(t, os.Remove(store.LockPath()))
	if c := s.until(lockcore.Unlocked, ""); !c.Waits() {
		t.Errorf("event %q: a removal that was reported explains no other absence", c.Event)
	}
}

// TestOwnChangesUnseen checks that Newest, which can be undone, is read again if we removed a lock between two looks, and if the path leads
// to another store.
func TestOwnChangesUnseen(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	one, two, path := mkdir(t, base, "one"), mkdir(t, base, "two"), filepath.Join(base, "link")
	link(t, one, path)
	store := hangingAt(t, path)
	s := watchStores(t, 10*time.Millisecond, nil, store)
	s.until(lockcore.Unlocked, "")
	store.gate <- true
	put(t, one, 1, there)
	removal, err := store.ForceUnlock(t.Context(), store.Inspect(t.Context(), lockcore.Memory{}), lockcore.Memory{}, false)
	<-store.gate
	ok(t, err)
	s.await("a removal that nobody saw", func(c Change) bool {
		// if the look waited 2 s at the gate, as on a slow disk, it was overdue, which is an event of its own
		return (c.Event == NoEvent || c.Event == Cleared) && c.To.State == lockcore.Unlocked && c.Newest == removal
	})
	link(t, two, path)
	s.await("nothing to undo", func(c Change) bool { return c.To.State == lockcore.Unlocked && c.Newest == lockcore.Backup{} })
	link(t, one, path)
	s.await("the removal", func(c Change) bool { return c.To.State == lockcore.Unlocked && c.Newest == removal })
}

func (s *session) event(e Event, state lockcore.State) {
	s.t.Helper()
	c := s.await(string(e), func(c Change) bool { return c.Event != NoEvent })
	if c.Event != e || c.To.State != state {
		s.t.Fatalf("%q, %v; want %q, %v", c.Event, c.To.State, e, state)
	}
}

// TestSwapInTwoSteps checks that no absence is reported if the lock is missing for some microseconds at each swap, as with Syncthing.
func TestSwapInTwoSteps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, 1, there)
	s := watchDirs(t, lossyPoll, nil, dir)
	s.holder(1)
	longest := time.Duration(0)
	for i := range 300 {
		temp := filepath.Join(dir, ".syncthing..locked.tmp")
		next := lockcore.NewRecord(1000+i, there, time.Now())
		ok(t, os.WriteFile(temp, next.Encode(), 0o600))
		began := time.Now()
		ok(t, os.Remove(filepath.Join(dir, lockcore.LockName)))
		time.Sleep(67 * time.Microsecond)
		ok(t, os.Rename(temp, filepath.Join(dir, lockcore.LockName)))
		longest = max(longest, time.Since(began))
	}
	s.await("the last", func(c Change) bool {
		if lossless && c.To.State != lockcore.HeldElsewhere && longest < lockcore.SettleTime { // else two absences may look like one
			t.Fatalf("%q: %v while a lock was swapped (away for %v at most)", c.Event, c.To.State, longest)
		}
		return c.To.Record.PID == 1299
	})
}

// TestWrittenInPlace checks that a lock that is empty and then written is not reported as corrupt, and that one that stays corrupt is.
func TestWrittenInPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock := filepath.Join(dir, lockcore.LockName)
	put(t, dir, 1, there)
	s := watchDirs(t, never, nil, dir)
	s.holder(1)
	for i := range 20 {
		began := time.Now()
		ok(t, os.Truncate(lock, 0))
		time.Sleep(time.Millisecond)
		ok(t, os.WriteFile(lock, foreign(1000+i), 0o600))
		took := time.Since(began)
		s.await("the next", func(c Change) bool {
			if c.To.State != lockcore.HeldElsewhere && took < lockcore.SettleTime {
				t.Fatalf("%q: %v while a lock was written (for %v)", c.Event, c.To.State, took)
			}
			return c.To.Record.PID == 1000+i
		})
	}
	ok(t, os.WriteFile(lock, []byte("{"), 0o600))
	s.event(Corrupted, lockcore.Corrupt)
	ok(t, os.WriteFile(lock, foreign(2), 0o600))
	s.holder(2)
}
