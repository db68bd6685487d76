//go:build unix

package lockcore_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// lackingCalls lists sets of calls that a file system may lack.
var lackingCalls = [][]string{nil, {"exchange"}, {"exchange", "link"}, {"exchange", "link", "renameNew"}}

func TestAcquire(t *testing.T) {
	t.Parallel()
	held := of(host, livePID)
	for i, lacking := range lackingCalls {
		for _, c := range []struct {
			name string
			lock []byte
			also func(s *lockcore.Store)
			held bool
		}{
			{name: "absent"},
			{name: "no store", also: func(s *lockcore.Store) { os.Remove(s.Dir()) }},
			{name: "corrupt", lock: []byte("{")},
			{name: "foreign", lock: theirs.Encode()},
			{name: "foreign, contested by a copy", lock: theirs.Encode(), held: true, also: func(s *lockcore.Store) { os.WriteFile(s.LockPath()+" 2", theirsNew.Encode(), 0o600) }},
			{name: "stale", lock: of(host, deadPID).Encode()},
			{name: "live", lock: held.Encode(), held: true},
			{name: "stale, a daemon runs elsewhere", lock: of(host, deadPID).Encode(), held: true, also: func(s *lockcore.Store) {
				testfs.Check(t, s.Announce(lockcore.Announcement{Machine: "00112233445566aa", Host: "mac-mini", Version: "1", At: time.Now(), Watching: true,
					Daemon: lockcore.DaemonID{PID: 7, StartedAt: "2026-11-22T19:51:51+00:00"}}))
			}},
			{name: "foreign, our daemon runs", lock: theirs.Encode(), held: true, also: func(s *lockcore.Store) {
				os.WriteFile(filepath.Join(s.Dir(), ".daemon-state.json"), fmt.Appendf(nil, `{"daemon_pid":%d}`, daemon(t, s.Dir()).pid()), 0o600)
			}},
		} {
			if c.held && i > 0 {
				continue // nothing is written, so it makes no difference which calls are lacking
			}
			t.Run(fmt.Sprint(c.name, " without ", lacking), func(t *testing.T) {
				t.Parallel()
				s := newStore(t)
				s.Without(lacking...)
				if c.lock != nil {
					write(t, s, c.lock)
				}
				if c.also != nil {
					c.also(s)
				}
				l, err := acquire(s)
				if c.held {
					if string(errorOf(err, lockcore.ErrHeld).Now.Record.Encode()) != string(c.lock) || !bytes.Equal(mustRead(t, s), c.lock) {
						t.Errorf("got %+v, %v", l, err)
					}
					return
				}
				testfs.Check(t, err)
				wantAcquired(t, s, l, c.lock)
				tidy(t, s)
			})
		}
	}
}

func wantAcquired(t *testing.T, s *lockcore.Store, l *lockcore.Lock, replaced []byte) {
	t.Helper()
	wantPrivate(t, s.LockPath(), l.Record.Encode())
	wantMode(t, s.Dir(), 0o700|fs.ModeDir)
	if l.Record.PID != os.Getpid() || l.Record.Hostname != host || l.Held(background) != nil {
		t.Errorf("took %+v", l.Record)
	}
	if replaced == nil {
		if l.Replaced != (lockcore.Backup{}) || len(backups(t, s)) != 0 {
			t.Errorf("replaced nothing, but Replaced is %+v", l.Replaced)
		}
	} else {
		if l.Replaced.Kind != lockcore.BackupTakeover || l.Replaced.Token != lockcore.TokenOf(replaced) {
			t.Errorf("replaced %+v", l.Replaced)
		}
		wantPrivate(t, l.Replaced.Path, replaced)
	}
	if _, err := acquire(s); errorOf(err, lockcore.ErrHeld).Now.Record != l.Record {
		t.Errorf("a second time: %v", err)
	}
	if err := l.Release(background); err != nil || mustRead(t, s) != nil {
		t.Errorf("release: %v", err)
	}
	if err := l.Release(background); err != nil {
		t.Errorf("release again: %v", err)
	}
	if err := l.Held(background); !isError(err, lockcore.ErrLost) {
		t.Errorf("held after release: %v", err)
	}
}

func TestAcquireRefusesTheUnreadable(t *testing.T) {
	for _, c := range fileKinds {
		if c.state != lockcore.Unknown || c.reason == lockcore.StoreMissing {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := makeKind(t, c.name, c.make)
			if _, err := acquire(s); !unreadableBecause(c.reason)(s, err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestTakeoverRaces checks that if a daemon without the guard replaces the lock at a step of a takeover, its lock stays, and Acquire
// returns ErrHeld.
func TestTakeoverRaces(t *testing.T) {
	fresh := of(host, livePID) // of a live process, so a retry of Acquire refuses
	for _, lacking := range lackingCalls {
		for _, step := range []string{"backed-up", "temp-written", "staged", "before-aside", "aside", "compared", "made-room"} {
			if lacking == nil && (step == "before-aside" || step == "aside" || step == "compared" || step == "made-room") {
				continue // an exchange has no such steps
			}
			s := newStore(t)
			s.Without(lacking...)
			write(t, s, theirs.Encode())
			s.OnStep(once(step, func() { write(t, s, fresh.Encode()) }))
			_, err := acquire(s)
			if errorOf(err, lockcore.ErrHeld).Now.Record != fresh || !bytes.Equal(mustRead(t, s), fresh.Encode()) {
				t.Errorf("without %v at %s: %v, lock %q", lacking, step, err, mustRead(t, s))
			}
			tidy(t, s)
		}
	}
}

// TestTakeoverRacesTwice checks that the last lock stays if daemons without the guard replace the lock before the swap, after it, and
// after the swap back.
func TestTakeoverRacesTwice(t *testing.T) {
	testfs.Need(t, testfs.Exchange)
	s := newStore(t)
	fresh := of(host, livePID)
	write(t, s, theirs.Encode())
	writes := 0 // after a swap
	s.OnStep(func(step string) {
		switch {
		case step == "staged" && writes == 0:
			write(t, s, theirsNew.Encode())
		case step == "swapped" && writes == 0:
			writes++
			write(t, s, record("mac-c", 7).Encode())
		case step == "swapped-back" && writes == 1:
			writes++
			write(t, s, fresh.Encode())
		}
	})
	_, err := acquire(s)
	if !isError(err, lockcore.ErrHeld) || !bytes.Equal(mustRead(t, s), fresh.Encode()) || writes != 2 {
		t.Errorf("%v after %d writes after a swap, lock %q", err, writes, mustRead(t, s))
	}
	tidy(t, s)
}

// TestRemovedDuringTakeover checks that Acquire creates the lock, and replaces none, if the old lock is removed during its takeover.
func TestRemovedDuringTakeover(t *testing.T) {
	for _, lacking := range [][]string{nil, {"exchange"}} {
		s := newStore(t)
		s.Without(lacking...)
		write(t, s, theirs.Encode())
		s.OnStep(once("staged", func() { os.Remove(s.LockPath()) }))
		l, err := acquire(s)
		if err != nil || l.Replaced != (lockcore.Backup{}) || !bytes.Equal(mustRead(t, s), l.Record.Encode()) || len(backups(t, s)) != 0 {
			t.Errorf("%+v, %v; backups %q", l, err, backups(t, s))
		}
		tidy(t, s)
	}
}

func TestLost(t *testing.T) {
	s := newStore(t)
	l := mustAcquire(t, s)
	wantLost := func(name string, who lockcore.Record) {
		t.Helper()
		for _, err := range []error{l.Held(background), l.Release(background)} {
			if !isError(err, lockcore.ErrLost) || errorOf(err, lockcore.ErrLost).Now.Record != who || err.Error() == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	write(t, s, theirs.Encode())
	wantLost("taken over", theirs)
	if !bytes.Equal(mustRead(t, s), theirs.Encode()) {
		t.Error("release removed another's lock")
	}
	write(t, s, []byte("x"))
	wantLost("corrupted", lockcore.Record{})
	noError(t, os.Remove(s.LockPath()))
	wantLost("removed", lockcore.Record{})
	write(t, s, make([]byte, lockcore.MaxSize+1))
	if err := l.Release(background); !unreadableBecause(lockcore.TooLarge)(s, err) {
		t.Errorf("unreadable: %v", err)
	}
	write(t, s, l.Record.Encode())
	s.OnStep(once("before-aside", func() { write(t, s, theirs.Encode()) }))
	if err := l.Release(background); errorOf(err, lockcore.ErrLost).Now.Record != theirs {
		t.Errorf("taken over while being released: %v", err)
	}
	if !bytes.Equal(mustRead(t, s), theirs.Encode()) {
		t.Error("release removed another's lock")
	}
	noError(t, os.RemoveAll(s.Dir()))
	wantLost("store removed", lockcore.Record{})
}

// TestPredecessorWithTheSamePID checks that a process takes over the lock of its predecessor, which had the same PID, as in a container.
func TestPredecessorWithTheSamePID(t *testing.T) {
	for _, startedAt := range []string{lockcore.Timestamp(time.Now().Add(-time.Minute)), "yesterday"} {
		s := newStore(t)
		c := startChild(t, "acquire", s.Dir(), filepath.Join(filepath.Dir(s.Dir()), "state"))
		old := of(host, c.pid())
		old.StartedAt = startedAt
		write(t, s, old.Encode())
		c.send("acquire")
		if answer := c.receive(); answer != "done" {
			t.Error(startedAt, answer)
		}
	}
}

// playAcquirer reads lines, acquires or releases the store as each says, and prints the outcome.
func playAcquirer(args []string) {
	s := mustOpen(args[0], args[1])
	s.Among()
	var l *lockcore.Lock
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var err error
		switch in.Text() {
		case "acquire":
			l, err = acquire(s)
		case "release":
			err = l.Release(background)
		}
		switch {
		case isError(err, lockcore.ErrHeld):
			fmt.Println("held by", errorOf(err, lockcore.ErrHeld).Now.Record.PID)
		case err != nil:
			fmt.Println("failed:", err)
		default:
			fmt.Println("done")
		}
	}
}

// TestOneWinner checks that of many processes that acquire at once, alternately without a lock and over a stale one, one wins. With the
// first version of the daemon's own lock, 2 to 8 of 16 won each such round.
func TestOneWinner(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var all []*child
	for range testfs.Rounds(8, 16) {
		all = append(all, startChild(t, "acquire", s.Dir(), filepath.Join(filepath.Dir(s.Dir()), "state")))
	}
	for i := range testfs.Rounds(4, 40) {
		if i%2 == 1 {
			write(t, s, of(host, deadPID).Encode())
		}
		for _, c := range all {
			c.send("acquire")
		}
		winner := oneWinner(t, all)
		if winner == nil {
			t.Fatalf("round %d", i)
		}
		if now := inspect(s); now.State != lockcore.HeldHere || now.Record.PID != winner.pid() {
			t.Fatalf("round %d: %d won, the lock is %s by %d", i, winner.pid(), now.State, now.Record.PID)
		}
		winner.send("release")
		if answer := winner.receive(); answer != "done" {
			t.Fatalf("round %d: release: %s", i, answer)
		}
	}
	tidy(t, s)
}

// oneWinner reads all answers and returns the winner. It returns nil unless exactly one process won and all others name it.
func oneWinner(t *testing.T, all []*child) (winner *child) {
	answers := make([]string, len(all))
	winners := 0
	for i, c := range all {
		if answers[i] = c.receive(); answers[i] == "done" {
			winner = c
			winners++
		}
	}
	for _, answer := range answers {
		if winners != 1 || answer != "done" && answer != fmt.Sprint("held by ", winner.pid()) {
			t.Errorf("%d winners: %q", winners, answers)
			return nil
		}
	}
	return winner
}
