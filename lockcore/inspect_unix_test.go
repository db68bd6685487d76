//go:build unix

package lockcore_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/lockcore"
)

func inspect(s *lockcore.Store) lockcore.Snapshot {
	return s.Inspect(context.Background(), lockcore.Memory{})
}

func wantState(t *testing.T, name string, got lockcore.Snapshot, state lockcore.State, reason lockcore.Reason) {
	t.Helper()
	if got.State != state || got.Reason != reason {
		t.Errorf("%s: got %s/%s (%s), want %s/%s", name, got.State, got.Reason, got.Problem, state, reason)
	}
	if hasToken := got.Token != ""; hasToken != (state != lockcore.Unknown && state != lockcore.Unlocked && reason != lockcore.LockMissing) {
		t.Errorf("%s: token %q", name, got.Token)
	}
}

// TestHangingRead checks that a look at a dead mount ends in time, that a second look starts no second read, and that looks work
// again once the mount answers.
func TestHangingRead(t *testing.T) { synctest.Test(t, hangingRead) }

func hangingRead(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	hang, begun := make(chan struct{}), make(chan struct{}, 9)
	s.BlockReads(func() { begun <- struct{}{}; <-hang })
	start := time.Now()
	wantState(t, "hanging", inspect(s), lockcore.Unknown, lockcore.Timeout)
	if took := time.Since(start); took != lockcore.ReadTimeout {
		t.Errorf("the look took %v", took)
	}
	const limit = 20 * time.Millisecond
	soon, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	start = time.Now()
	for range 5 {
		got := s.Inspect(soon, lockcore.Memory{})
		wantState(t, "hanging on", got, lockcore.Unknown, lockcore.Timeout)
		if strings.Contains(got.Problem.Err, lockcore.ReadTimeout.String()) {
			t.Errorf("a look that had %v says %q", limit, got.Problem.Err)
		}
	}
	if took := time.Since(start); took != limit {
		t.Errorf("with a deadline of %v five looks took %v", limit, took)
	}
	if n := openLooks(); n != 1 || len(begun) != 1 {
		t.Errorf("%d goroutines and %d reads hang, want one", n, len(begun))
	}
	if _, err := s.ForceUnlock(soon, lockcore.Snapshot{Token: lockcore.TokenOf(theirs.Encode())}, lockcore.Memory{}, true); err == nil {
		t.Error("unlocked a lock that could not be read")
	}
	close(hang)
	wantState(t, "recovered", inspect(s), lockcore.HeldElsewhere, "")
	synctest.Wait()
	if n := openLooks(); n != 0 {
		t.Errorf("%d goroutines remain", n)
	}
}

// openLooks returns the number of goroutines that are in the middle of a look.
func openLooks() int {
	stacks := make([]byte, 1<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "(*Store).look(")
}

func TestInspectHolders(t *testing.T) {
	s := newStore(t)
	live := waiter(t)
	look := func(r lockcore.Record) lockcore.Snapshot {
		write(t, s, r.Encode())
		return inspect(s)
	}
	at := func(r lockcore.Record, d time.Duration) lockcore.Record {
		r.StartedAt = lockcore.Timestamp(time.Now().Add(d))
		return r
	}
	got := look(of(host, live.pid()))
	wantState(t, "live", got, lockcore.HeldHere, "")
	if p := got.Holder; p.PID != live.pid() || !p.Alive() || p.StartID == 0 || time.Since(p.Started).Abs() > lockcore.Tolerance {
		t.Errorf("live: %+v", p)
	}
	again := inspect(s)
	again.Holder.Started = got.Holder.Started // may differ by the jitter of two clocks
	if got != again {
		t.Errorf("two equal looks are not equal: %+v, %+v", got, again)
	}
	wantState(t, "live, other case and dot", look(of("MAC-A.", live.pid())), lockcore.HeldHere, "")
	wantState(t, "taken a little before the start", look(at(of(host, live.pid()), -3*time.Second)), lockcore.HeldHere, "")
	wantState(t, "recycled", look(at(of(host, live.pid()), -time.Minute)), lockcore.Stale, lockcore.PIDRecycled)
	wantState(t, "before boot", look(at(of(host, live.pid()), -20*365*24*time.Hour)), lockcore.Stale, lockcore.BeforeBoot)
	wantState(t, "no such process", look(of(host, deadPID)), lockcore.Stale, lockcore.ProcessGone)
	wantState(t, "the same PID on another host", look(of(them, live.pid())), lockcore.HeldElsewhere, "")

	live.kill()
	wantState(t, "killed", look(of(host, live.pid())), lockcore.Stale, lockcore.ProcessGone)
}

// TestClockSetForward checks that a daemon holds the store even if its lock is dated before its start, as it is if the clock was set
// forward.
func TestClockSetForward(t *testing.T) {
	s := newStore(t)
	daemon := of(host, daemon(t, s.Dir()).pid())
	for _, before := range []time.Duration{time.Minute, 20 * 365 * 24 * time.Hour} {
		daemon.StartedAt = lockcore.Timestamp(time.Now().Add(-before))
		write(t, s, daemon.Encode())
		wantState(t, before.String(), inspect(s), lockcore.HeldHere, "")
		if _, err := acquire(s); !isError(err, lockcore.ErrHeld) {
			t.Errorf("%s: acquire: %v", before, err)
		}
	}
}

// TestReplacedWhileLooking checks that a look judges the new lock if a stale one was replaced between its read and the end of the look.
func TestReplacedWhileLooking(t *testing.T) {
	dead, live := of(host, deadPID).Encode(), of(host, livePID).Encode()
	for _, c := range []struct {
		name  string
		locks [][]byte // in place at each read; the last one stays
		state lockcore.State
		reads int
	}{
		{"stale", [][]byte{dead}, lockcore.Stale, 2},
		{"taken", [][]byte{dead, live}, lockcore.HeldHere, 3},
		{"removed", [][]byte{dead, nil}, lockcore.Unlocked, 3},
		{"removed, and taken later", [][]byte{dead, nil, dead, live}, lockcore.HeldHere, 5},
	} {
		s := newStore(t)
		reads := 0
		s.BlockReads(func() {
			_ = os.Remove(s.LockPath())
			if lock := c.locks[min(reads, len(c.locks)-1)]; lock != nil {
				write(t, s, lock)
			}
			reads++
		})
		if got := s.Look(lockcore.Memory{}, nil); got.State != c.state || reads != c.reads {
			t.Errorf("%s: %s after %d reads, want %s after %d", c.name, got.State, reads, c.state, c.reads)
		}
	}
}

func TestZombie(t *testing.T) {
	s := newStore(t)
	cmd := command("exit")
	noError(t, cmd.Start())
	defer cmd.Wait()
	awaitExit(t, cmd)
	write(t, s, of(host, cmd.Process.Pid).Encode())
	wantState(t, "zombie", inspect(s), lockcore.Stale, lockcore.ZombieProcess)
}

func TestRenamedHost(t *testing.T) {
	s := newStore(t)
	other := waiter(t, "-m", "iai_mcp.daemon") // its argv[0] is not Python
	write(t, s, of("mac-a.lan", other.pid()).Encode())
	wantState(t, "no daemon", inspect(s), lockcore.HeldElsewhere, "")

	aliased, err := lockcore.Open(s.Dir(), lockcore.Options{Hostname: host, Aliases: []string{"x", "MAC-A.LAN."}})
	noError(t, err)
	if got := inspect(aliased); got.State != lockcore.HeldElsewhere || !got.Alias {
		t.Errorf("a former name must be reported and prove nothing: %s, %v", got.State, got.Alias)
	}

	daemon := daemon(t, s.Dir())
	write(t, s, of("mac-a.lan", daemon.pid()).Encode())
	got := inspect(s)
	wantState(t, "daemon", got, lockcore.HeldHere, lockcore.RenamedHost)
	if got.Holder.Kind != lockcore.Daemon || lockcore.ServedBy(got.Holder) != lockcore.ThisStore || got.LocalDaemon.PID != 0 {
		t.Errorf("holder %+v, local daemon %+v", got.Holder, got.LocalDaemon)
	}

	// It looks as if the same process took another lock under another name. In fact another host uses the same PID.
	m := lockcore.Memory{}
	write(t, s, of(host, daemon.pid()).Encode())
	m = m.Next(s.Inspect(context.Background(), m), time.Now())
	second := of("mac-b", daemon.pid())
	second.StartedAt = lockcore.Timestamp(time.Now().Add(time.Second))
	write(t, s, second.Encode())
	wantState(t, "another lock", s.Inspect(context.Background(), m), lockcore.Contested, lockcore.LocalDaemonAlive)
	wantState(t, "not remembered", inspect(s), lockcore.HeldHere, lockcore.RenamedHost)
}

// TestRenamedWithoutAClock checks that a claim, once seen under our own name, is ours under any name, whatever the clocks show.
func TestRenamedWithoutAClock(t *testing.T) {
	s := newStore(t)
	holder := of(host, livePID) // not a daemon by its command line, and it took the lock late
	holder.StartedAt = lockcore.Timestamp(time.Now().Add(2 * lockcore.MaxStartup))
	write(t, s, holder.Encode())
	var m lockcore.Memory
	m = m.Next(s.Inspect(background, m), time.Now())
	holder.Hostname = "mac-a.lan"
	write(t, s, holder.Encode())
	wantState(t, "not remembered", inspect(s), lockcore.HeldElsewhere, "")
	for range 2 {
		got := s.Inspect(background, m)
		wantState(t, "renamed", got, lockcore.HeldHere, lockcore.RenamedHost)
		if got.Holder.PID != holder.PID || got.LocalDaemon.PID != 0 {
			t.Errorf("holder %+v, local daemon %+v", got.Holder, got.LocalDaemon)
		}
		m = m.Next(got, time.Now())
	}
	holder.StartedAt = lockcore.Timestamp(time.Now().Add(3 * lockcore.MaxStartup))
	write(t, s, holder.Encode())
	wantState(t, "another claim", s.Inspect(background, m), lockcore.Contested, lockcore.LocalDaemonAlive)
}

func TestContestedByStateFile(t *testing.T) {
	free, foreign := newStore(t), newStore(t)
	write(t, foreign, of(them, 4242).Encode()) // a daemon that is older than this lock would count as its former holder
	time.Sleep(2 * clockTick)
	ofFree, ofForeign := daemon(t, free.Dir()), daemon(t, foreign.Dir())
	look := func(s *lockcore.Store, format string, pid int) lockcore.Snapshot {
		text := strings.ReplaceAll(format, "PID", fmt.Sprint(pid))
		put(t, filepath.Join(s.Dir(), ".daemon-state.json"), []byte(text))
		return s.Look(lockcore.Memory{}, nil)
	}
	for _, c := range []struct {
		name, text string
		pid        int // 0: the daemon of the store
		want       bool
	}{
		{"verified", `{"daemon_pid": PID, "x": NaN}`, 0, true},
		{"another program", `{"daemon_pid": PID}`, livePID, false},
		{"no process", `{"daemon_pid": PID}`, deadPID, false},
		{"cleared", `{"daemon_pid": null}`, 0, false},
		{"text", `{"daemon_pid": "PID"}`, 0, false},
		{"negative", `{"daemon_pid": -PID}`, 0, false},
		{"not an object", `[PID]`, 0, false},
		{"not JSON", `{"daemon_pid": PID`, 0, false},
		{"too large", strings.Repeat(" ", 1<<20) + `{"daemon_pid": PID}`, 0, false},
	} {
		for _, s := range []struct {
			store  *lockcore.Store
			daemon *child
			reason lockcore.Reason
		}{{free, ofFree, lockcore.LockMissing}, {foreign, ofForeign, lockcore.LocalDaemonAlive}} {
			got := look(s.store, c.text, cmp.Or(c.pid, s.daemon.pid()))
			here := got.LocalDaemon
			if !c.want {
				here = got.Starting // there is no evidence that it ever held the lock
			}
			if (got.Reason == s.reason) != c.want || here.PID != s.daemon.pid() {
				t.Errorf("%s, %s: %s/%s beside %+v, starting %+v", c.name, s.reason, got.State, got.Reason, got.LocalDaemon, got.Starting)
			}
		}
	}
	look(free, `{"daemon_pid": PID}`, ofForeign.pid())
	if got := inspect(free); got.State != lockcore.Unlocked {
		t.Errorf("the state file names another store's daemon: %s/%s", got.State, got.Reason)
	}
}

// awaitExit waits until the child has ended, and leaves it a zombie.
func awaitExit(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); runtime.Gosched() {
		if lockcore.Probe(cmd.Process.Pid).Status == lockcore.Zombie {
			return
		}
	}
	t.Fatal("the child did not become a zombie")
}

// TestFirstOfALook checks that Look reports no stale, absent or corrupt lock before its end. A lock that was reported early may still prove
// contested, by a file beside it.
func TestFirstOfALook(t *testing.T) {
	remembered := lockcore.Memory{Holder: lockcore.Probe(livePID)}
	for _, c := range []struct {
		name        string
		lock, copy  []byte
		memory      lockcore.Memory
		first, look lockcore.State // Unknown: nothing is reported early
	}{
		{"absent", nil, nil, lockcore.Memory{}, lockcore.Unknown, lockcore.Unlocked},
		{"corrupt", []byte("corrupt"), nil, lockcore.Memory{}, lockcore.Unknown, lockcore.Corrupt},
		{"stale", of(host, deadPID).Encode(), nil, lockcore.Memory{}, lockcore.Unknown, lockcore.Stale},
		{"too large", make([]byte, lockcore.MaxSize+1), nil, lockcore.Memory{}, lockcore.Unknown, lockcore.Unknown},
		{"here", of(host, livePID).Encode(), nil, lockcore.Memory{}, lockcore.HeldHere, lockcore.HeldHere},
		{"elsewhere", theirs.Encode(), nil, lockcore.Memory{}, lockcore.HeldElsewhere, lockcore.HeldElsewhere},
		{"elsewhere, the remembered holder runs", theirs.Encode(), nil, remembered, lockcore.Contested, lockcore.Contested},
		{"beside a copy", theirs.Encode(), of("mac-c", 7).Encode(), lockcore.Memory{}, lockcore.HeldElsewhere, lockcore.Contested},
	} {
		s := newStore(t)
		if c.copy != nil {
			put(t, s.LockPath()+" 2", c.copy)
		}
		if c.lock != nil {
			write(t, s, c.lock)
		}
		var early []lockcore.State
		look := s.Look(c.memory, func(first lockcore.State, _ lockcore.Token) { early = append(early, first) })
		if look.State != c.look || len(early) > 1 || (len(early) == 0) != (c.first == lockcore.Unknown) || len(early) == 1 && early[0] != c.first {
			t.Errorf("%s: first %v, then %s; want %s, then %s", c.name, early, look.State, c.first, c.look)
		}
	}
}
