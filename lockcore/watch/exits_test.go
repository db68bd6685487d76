package watch

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
)

// pretended simulates a wait for a process, which ends when the test sends a value: the runtime's poller does not use synctest's time.
type pretended chan bool

func (p pretended) wait() error {
	if ended := <-p; !ended {
		return errors.New("called off")
	}
	return nil
}
func (p pretended) close() { close(p) }

func mustOpenExit(t *testing.T, pid int) ending {
	t.Helper()
	w, err := openExit(pid)
	ok(t, err)
	return w
}

// TestOpenExit waits for the end of a process before it is reaped, and once more after that.
func TestOpenExit(t *testing.T) {
	t.Parallel()
	child := started(t, command(roleSleep))
	now, late := mustOpenExit(t, child.Process.Pid), mustOpenExit(t, child.Process.Pid)
	result := make(chan error)
	go func() { result <- now.wait() }()
	ok(t, child.Process.Kill())
	ok(t, <-result)
	child.Wait()
	ok(t, late.wait())
	for _, w := range []ending{now, late} {
		w.close() // as exits does with a wait that has ended
	}
	if w, err := openExit(child.Process.Pid); err == nil && (runtime.GOOS != "windows" || w.wait() != nil) {
		t.Error("a wait for a process that is gone was opened") // on Windows it exists as long as any program has a handle of it
	}
}

// TestOpenExitCalledOff closes a wait before it waits, and while it waits.
func TestOpenExitCalledOff(t *testing.T) {
	t.Parallel()
	pid := started(t, command(roleSleep)).Process.Pid
	now, early := mustOpenExit(t, pid), mustOpenExit(t, pid)
	result := make(chan error)
	go func() { result <- now.wait() }()
	now.close()
	early.close()
	for _, err := range []error{<-result, early.wait()} {
		if err == nil {
			t.Error("the end of a running process was reported")
		}
	}
}

// TestExitsKeep checks that there is one wait for each process that keep was last called with, and that the end of the process is reported.
func TestExitsKeep(t *testing.T) {
	t.Parallel()
	var opened, closed int
	fail, ended := map[int]bool{3: true}, make(chan exit)
	x := exits{store: 7, ctx: t.Context(), ended: ended, open: func(pid int) (ending, error) {
		if fail[pid] {
			return nil, fmt.Errorf("no process %d", pid)
		}
		opened++
		return closing{make(pretended), &closed}, nil
	}}
	steps := []struct {
		name           string
		pids           []int
		fresh          bool
		opened, closed int
	}{
		{"first", []int{1}, true, 1, 0},
		{"same", []int{1, 1}, false, 1, 0},
		{"another", []int{1, 2}, true, 2, 0},
		{"one less", []int{2}, false, 2, 1},
		{"one that is gone", []int{2, 3}, true, 2, 1},
		{"still gone", []int{2, 3}, false, 2, 1},
		{"none", nil, false, 2, 2},
	}
	for _, s := range steps {
		if fresh := x.keep(s.pids); fresh != s.fresh || opened != s.opened || closed != s.closed {
			t.Errorf("%s: fresh %v, %d opened, %d closed; want %v, %d, %d", s.name, fresh, opened, closed, s.fresh, s.opened, s.closed)
		}
	}
	x.keep([]int{3})
	fail[3] = false // a descriptor is free again
	if !x.keep([]int{3}) || opened != 3 {
		t.Error("a failed wait was not retried")
	}
	x.remove(exit{pid: 3, wait: make(pretended)}) // of an earlier process with that PID
	if closed != 2 {
		t.Error("the end of an earlier process ended the wait for a later one")
	}
	wait := x.waiting[3].(closing)
	wait.pretended <- true
	e := <-ended
	if x.remove(e); e != (exit{7, 3, wait}) || closed != 3 {
		t.Errorf("%+v ended, %d closed", e, closed)
	}
	x.close()
}

type closing struct {
	pretended
	n *int
}

func (c closing) close() { *c.n++; c.pretended.close() }
