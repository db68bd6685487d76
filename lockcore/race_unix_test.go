//go:build unix

package lockcore_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// playAcquirer acquires and releases on request, a line each, and prints the outcome.
func playAcquirer(args []string) {
	s := mustOpen(args[0], args[1])
	s.Alone()
	var l *lockcore.Lock
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var err error
		switch in.Text() {
		case "acquire":
			l, err = acquire(s)
		case "release":
			err = l.Release(background)
		}
		var held *lockcore.Error
		switch {
		case asError(err, lockcore.ErrHeld, &held):
			fmt.Println("held by", held.Now.Record.PID)
		case err != nil:
			fmt.Println("failed:", err)
		default:
			fmt.Println("done")
		}
	}
}

// TestOneWinner lets 16 processes acquire at once, with no lock and over a stale one. The seed has 2 to 8 winners in each such
// round.
func TestOneWinner(t *testing.T) {
	t.Parallel()
	const processes = 16
	rounds := testfs.Rounds(4, 40) // alternately without a lock and over a stale one
	s := newStore(t)
	var all []*child
	for range processes {
		all = append(all, startChild(t, "acquire", s.Dir(), filepath.Join(filepath.Dir(s.Dir()), "state")))
	}
	for i := range rounds {
		if i%2 == 1 {
			write(t, s, of(host, deadPID).Encode())
		}
		for _, c := range all {
			c.tell("acquire")
		}
		winner := oneWinner(t, all)
		if winner == nil {
			t.Fatalf("round %d", i)
		}
		if now := inspect(s); now.State != lockcore.HeldHere || now.Record.PID != winner.pid() {
			t.Fatalf("round %d: %d won, the lock is %s by %d", i, winner.pid(), now.State, now.Record.PID)
		}
		winner.tell("release")
		if answer := winner.hear(); answer != "done" {
			t.Fatalf("round %d: release: %s", i, answer)
		}
	}
	tidy(t, s)
}

// oneWinner reads all answers and returns the winner, or nil if there is more than one or none, or if a loser names another one.
func oneWinner(t *testing.T, all []*child) (winner *child) {
	answers := make([]string, len(all))
	winners := 0
	for i, c := range all {
		if answers[i] = c.hear(); answers[i] == "done" {
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

// fresh returns the lock that the writer writes as number n.
func fresh(n int) []byte {
	return lockcore.Record{PID: n, Hostname: them, StartedAt: started, SchemaVersion: "1"}.Encode()
}

// removedMark returns the path of the file that records the removal of number n by an unlocker that asked for this very lock.
func removedMark(dir string, n int) string { return filepath.Join(dir, "removed-"+strconv.Itoa(n)) }

// playWriter acts as a daemon without the guard: it replaces the lock by a blind rename, again and again. After each write its lock
// must be there, or come back, unless an unlocker that had seen this very lock removed it. It prints the lock that was lost, or
// the number of its writes. It writes args[2] times, and goes on, until meetLimit, while no unlocker has put a lock back.
func playWriter(args []string) {
	lock, marks := args[0], args[1]
	count, _ := strconv.Atoi(args[2])
	n, began := 1, time.Now()
	for ; n <= count || time.Since(began) < meetLimit && !exists(metMark(marks)); n++ {
		if err := blindWrite(lock, fresh(n)); err != nil {
			fmt.Println("lost:", err)
			return
		}
		if !survives(lock, marks, n) {
			now, err := os.ReadFile(lock)
			fmt.Printf("lost: number %d; there is %q, %v\n", n, now, err)
			return
		}
		// Two looks and a backup take the others some milliseconds. Without a rest they would never get to remove a lock.
		if n%burst == 0 {
			time.Sleep(rand.N(longestRest))
		}
	}
	fmt.Println("done", n-1)
}

const (
	burst       = 10 // writes without a rest
	longestRest = 20 * time.Millisecond
	meetLimit   = time.Minute
)

// metMark returns the path of the file that records that an unlocker moved another lock than it should, and put it back.
func metMark(dir string) string { return filepath.Join(dir, "met") }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func survives(lock, marks string, n int) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); runtime.Gosched() {
		now, err := os.ReadFile(lock)
		switch {
		case err == nil && bytes.Equal(now, fresh(n)):
			return true
		case err == nil: // an older lock in its place
			return false
		}
		if exists(removedMark(marks, n)) {
			return true
		}
	}
	return false
}

// playUnlocker removes any lock that it sees, until its standard input ends. A patient one waits, between its last look and the
// removal, until the lock changes, so that its token is certainly old.
func playUnlocker(args []string) {
	s, marks, patient := mustOpen(args[0], args[1]), args[2], args[3] == "patient"
	s.Alone()
	fmt.Println("ready")
	stop := make(chan struct{})
	go func() { os.Stdin.Read(make([]byte, 1)); close(stop) }()
	var token lockcore.Token
	removed, refused, back := 0, 0, 0
	s.OnStep(func(step string) {
		switch {
		case step == "linked", step == "displaced-kept":
			back++
			_ = os.WriteFile(metMark(marks), nil, 0o600)
		case step == "before-aside" && patient:
			awaitChange(s, token, stop)
		}
	})
	for {
		select {
		case <-stop:
			fmt.Println(removed, refused, back)
			return
		default:
		}
		token = inspect(s).Token
		change, err := forceUnlock(s, token, true)
		switch {
		case isError(err, lockcore.ErrChanged):
			refused++
		case err != nil && !errors.Is(err, lockcore.ErrGuardBusy):
			fmt.Println("failed:", err)
			return
		case change.Token != "":
			removed++
			if err := os.WriteFile(removedMark(marks, change.Record.PID), nil, 0o600); err != nil || change.Token != token {
				fmt.Println("removed", change, "for", token, err)
				return
			}
		}
	}
}

func awaitChange(s *lockcore.Store, token lockcore.Token, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		if data, err := os.ReadFile(s.LockPath()); err == nil && lockcore.TokenOf(data) != token {
			return
		}
		time.Sleep(20 * time.Microsecond) // leaves the processor to the writer
	}
}

func awaitMark(t *testing.T, marks string, n int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if exists(removedMark(marks, n)) {
			return
		}
	}
	t.Error("no unlocker removed the last lock")
}

// TestNoFreshLockIsLost lets a writer without the guard replace the lock many times while others remove the lock that they saw a
// moment ago. A lock is removed only at the request of a process that saw it.
func TestNoFreshLockIsLost(t *testing.T) {
	t.Parallel()
	testfs.Need(t, testfs.HardLinks)
	count := testfs.Rounds(800, 5000) // in fewer the unlockers rarely meet a write
	s := newStore(t)
	state, marks := filepath.Join(filepath.Dir(s.Dir()), "state"), t.TempDir()
	write(t, s, fresh(1))
	var unlockers []*child
	for _, kind := range []string{"patient", "hasty", "hasty"} {
		unlockers = append(unlockers, startReady(t, "unlock", s.Dir(), state, marks, kind))
	}
	writer := startChild(t, "write", s.LockPath(), marks, strconv.Itoa(count))
	output := writer.rest()
	if _, err := fmt.Sscanf(output[0], "done %d", &count); err != nil {
		t.Error(output)
	}
	var removed, refused, back int
	for i, c := range unlockers {
		if i == 1 { // the patient one, which has the guard while it waits, has ended
			awaitMark(t, marks, count) // however slow the disk: the last lock stays until one of them has removed it
		}
		output := c.rest()
		var a, b, d int
		if _, err := fmt.Sscan(strings.Join(output, " "), &a, &b, &d); err != nil {
			t.Fatal(output, err)
		}
		removed, refused, back = removed+a, refused+b, back+d
	}
	t.Logf("%d written, %d removed by those who saw them, %d refused, %d put back", count, removed, refused, back)
	if removed == 0 || refused == 0 || back == 0 {
		t.Error("the writer and the unlockers did not interfere")
	}
	tidy(t, s)
}
