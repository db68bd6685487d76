//go:build unix

package cli

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestRunOutlivesItsReader closes the reader of run's messages. That must not end run while it holds the lock.
func TestRunOutlivesItsReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeLock(foreign()) // so that it prints a message
	read, write, err := os.Pipe()
	testfs.Check(t, err)
	read.Close()
	defer write.Close()
	cmd := w.command("run", "--take-over", "--", "sh", "-c", "exit 6")
	cmd.Stderr = write
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 6 {
		t.Errorf("run ended with %v, want 6, the exit code of CMD", cmd.ProcessState)
	}
	w.mustBeGone(w.lock())
}

// A running is a lockbar run whose CMD has printed a PID.
type running struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	child int // the PID that CMD printed
}

// inspect looks at the store.
func (w *world) inspect() lockcore.Snapshot {
	w.t.Helper()
	store, err := lockcore.Open(w.dir, lockcore.Options{Hostname: ourHost})
	if err != nil {
		w.t.Fatal(err)
	}
	return store.Inspect(w.t.Context(), lockcore.Memory{})
}

// lockHolder returns the PID in the lock.
func (w *world) lockHolder() int {
	w.t.Helper()
	s := w.inspect()
	if s.State != lockcore.HeldHere {
		w.t.Fatalf("no process here holds the lock: %v (%s)", s.State, s.Reason)
	}
	return s.Record.PID
}

func (w *world) startRun(script string) *running {
	w.t.Helper()
	return w.start(w.command("run", "--", "sh", "-c", script))
}

func (w *world) start(cmd *exec.Cmd) *running {
	w.t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	r := &running{cmd: cmd, lines: bufio.NewScanner(out)}
	r.lines.Scan()
	r.child, err = strconv.Atoi(r.lines.Text())
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// TestRunPassesSignalsOn sends signals to run. CMD is not a shell with a trap: if a signal came just before a read, the shell could
// wait in the read for ever.
func TestRunPassesSignalsOn(t *testing.T) {
	w := newWorld(t)
	signals := []os.Signal{syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2}
	caughtHere := make(chan os.Signal, 1) // a child does not ignore a signal that is caught here, even if nohup started these tests
	signal.Notify(caughtHere, signals...)
	defer signal.Stop(caughtHere)
	cmd := w.command("run", "--", os.Args[0])
	cmd.Env = append(cmd.Env, countVariable+"="+allSignals)
	r := w.start(cmd)
	for _, s := range signals {
		testfs.Check(t, cmd.Process.Signal(s))
		if r.lines.Scan(); r.lines.Text() != s.String() {
			t.Errorf("CMD received %q, want %q", r.lines.Text(), s)
		}
	}
	testfs.Check(t, cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != tally(len(signals)) {
		t.Errorf("exit code %d (%v), want %d", got, cmd.ProcessState, tally(len(signals)))
	}
	w.mustBeGone(w.lock())
}

// TestSignalEndsTheCommand signals a CMD without a handler. CMD dies, and the lock is released. Until then the lock names the process that
// the caller started.
func TestSignalEndsTheCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.startRun("echo $$; exec sleep 1000")
	if pid := w.lockHolder(); pid != r.cmd.Process.Pid {
		t.Errorf("the lock names %d, not %d", pid, r.cmd.Process.Pid)
	}
	testfs.Check(t, r.cmd.Process.Signal(syscall.SIGTERM))
	_ = r.cmd.Wait()
	if got := r.cmd.ProcessState.ExitCode(); got != signalBase+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", got)
	}
	w.mustBeGone(w.lock())
}

// TestKilledRunEndsItsGroup checks on every Unix system that no child of CMD survives a killed run.
func TestKilledRunEndsItsGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.startRun("sleep 1000 & echo $!; wait")
	testfs.Check(t, r.cmd.Process.Kill())
	_ = r.cmd.Wait()
	gone(t, r.child)
	if s := w.inspect(); s.State != lockcore.Stale {
		t.Errorf("the lock is %v, want stale", s.State)
	}
}

func TestCannotRun(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{exec.ErrNotFound, exitNotFound},
		{&os.PathError{Err: syscall.ENOENT}, exitNotFound},
		{&os.PathError{Err: syscall.EACCES}, exitCannotExecute},
		{&os.PathError{Err: syscall.ENOEXEC}, exitCannotExecute},
	} {
		var f *failure
		if !errors.As(cannotRun("x", test.err), &f) || f.code != test.want {
			t.Errorf("%v: %v, want %d", test.err, f, test.want)
		}
	}
}
