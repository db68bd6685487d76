//go:build unix

package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"lockbar/internal/report"
	"lockbar/lockcore"
)

func TestRunExitCodes(t *testing.T) {
	w := newWorld(t)
	plain := filepath.Join(w.root, "plain")
	noProgram := filepath.Join(w.root, "no-program")
	for path, mode := range map[string]os.FileMode{plain: 0o600, noProgram: 0o700} {
		if err := os.WriteFile(path, []byte{0, 1, 2}, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name string
		args []string
		code int
	}{
		{"success", []string{"true"}, 0},
		{"its own code", []string{"sh", "-c", "exit 7"}, 7},
		{"a code that is ours elsewhere", []string{"sh", "-c", "exit 2"}, 2},
		{"ended by a signal", []string{"sh", "-c", "kill -KILL $$"}, 128 + 9},
		{"not found in PATH", []string{"no-such-command"}, 127},
		{"not found", []string{filepath.Join(w.root, "nowhere")}, 127},
		{"not executable", []string{plain}, 126},
		{"a directory", []string{w.root}, 126},
		{"no program", []string{noProgram}, 126},
		{"flags of the command", []string{"sh", "-c", "test \"$1\" = --json", "sh", "--json"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.run(append([]string{"run", "--"}, test.args...)...).want(t, test.code)
			w.mustBeGone(w.lock())
		})
	}
	w.run("run", "sh", "-c", "exit 5").want(t, 5)
}

// TestRunHoldsTheLock: today's daemons respect a holder only by its command line.
func TestRunHoldsTheLock(t *testing.T) {
	w := newWorld(t)
	r := w.run("--store", w.dir, "run", "--", binary, "status", "--json").want(t, 0)
	s := decode[report.Status](t, r.out)
	if s.State != lockcore.HeldHere || s.Process == nil || !strings.Contains(s.Process.Command, lockcore.DaemonModule) {
		t.Fatalf("%+v", s)
	}
	if !strings.Contains(s.Detail, "lockbar run") || !strings.Contains(s.Detail, "no daemon") {
		t.Errorf("detail %q takes it for a daemon", s.Detail)
	}
	if r.err != "" {
		t.Errorf("stderr %q", r.err)
	}
	w.mustBeGone(w.lock())
}

func TestRunTakesOver(t *testing.T) {
	for _, test := range []struct {
		name    string
		put     func(*world)
		flags   []string
		says    string
		history string
	}{
		{"another host", func(w *world) { w.writeLock(foreign()) }, []string{"--take-over"}, "mac-mini, PID 4242", "took over from mac-mini (PID 4242)"},
		{"left behind", func(w *world) { w.writeLock(record(ourHost, deadPID(w.t))) }, nil, ourHost, ") had left behind"},
		{"corrupt", func(w *world) { w.write(".locked", []byte("garbage")) }, nil, "no daemon wrote", "a corrupt lock"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.put(w)
			r := w.run(slices.Concat([]string{"run"}, test.flags, []string{"--", "true"})...).want(t, 0)
			if !strings.Contains(r.err, test.says) || !strings.Contains(r.err, w.state) {
				t.Errorf("stderr %q does not say %q and where the backup is", r.err, test.says)
			}
			w.mustBeGone(w.lock())
			told := w.run("history").want(t, 0).out
			if !strings.Contains(told, "A lockbar run on ") || !strings.Contains(told, test.history) || strings.Count(told, "\n") != 1 {
				t.Errorf("the history is %q, want one line with %q", told, test.history)
			}
		})
	}
}

func TestRunIsRefused(t *testing.T) {
	held := func(w *world) { w.writeLock(record(ourHost, daemon(w.t, w.dir))) }
	starting := func(w *world) { daemon(w.t, w.dir) }
	contested := func(w *world) {
		w.write(".locked 2", record(ourHost, daemon(w.t, w.dir)).Encode())
		w.writeLock(foreign())
	}
	for _, test := range []struct {
		name  string
		put   func(*world)
		flags []string
		says  []string
	}{
		{"another host", func(w *world) { w.writeLock(foreign()) }, nil, []string{"mac-mini", "--take-over", "backup"}},
		{"held here", held, nil, []string{ourHost}},
		{"held here, whatever is said", held, []string{"--take-over"}, []string{ourHost}},
		{"contested", contested, nil, []string{"mac-mini"}},
		{"contested, whatever is said", contested, []string{"--take-over"}, []string{"mac-mini"}},
		{"a daemon is starting", starting, nil, []string{"a daemon is starting"}},
		{"a daemon is starting, whatever is said", starting, []string{"--take-over"}, []string{"a daemon is starting"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.put(w)
			before, _ := os.ReadFile(w.lock())
			mark := filepath.Join(w.root, "mark")
			r := w.run(slices.Concat([]string{"run"}, test.flags, []string{"--", "touch", mark})...).want(t, exitHeld)
			for _, part := range test.says {
				if !strings.Contains(r.err, part) {
					t.Errorf("stderr %q does not say %q", r.err, part)
				}
			}
			w.mustBeGone(mark)
			if after, _ := os.ReadFile(w.lock()); string(after) != string(before) {
				t.Errorf("the lock became %q", after)
			}
		})
	}
}

// TestRunMakesNoStore: a store that is not there is a typing error.
func TestRunMakesNoStore(t *testing.T) {
	w := newWorld(t)
	missing := filepath.Join(w.root, "typo")
	r := w.run("run", "--store", missing, "--", "true").want(t, exitNotTaken)
	if !strings.Contains(r.err, "the store "+missing+" is not there") {
		t.Errorf("stderr %q", r.err)
	}
	w.mustBeGone(missing)
}

func TestRunCannotTakeTheLock(t *testing.T) {
	w := newWorld(t)
	w.mkdir(".locked")
	mark := filepath.Join(w.root, "mark")
	if r := w.run("run", "touch", mark).want(t, exitNotTaken); !strings.Contains(r.err, "by hand") {
		t.Errorf("stderr %q", r.err)
	}
	w.mustBeGone(mark)
}

// TestRunTellsALoss: overtaken while CMD ran, the lock stays the other's.
func TestRunTellsALoss(t *testing.T) {
	w := newWorld(t)
	other := filepath.Join(w.root, "other")
	if err := os.WriteFile(other, foreign().Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := w.run("run", "--", "sh", "-c", `mv "$0" "$1"; exit 6`, other, w.lock()).want(t, 6)
	if !strings.Contains(r.err, "warning") || !strings.Contains(r.err, "mac-mini") {
		t.Errorf("stderr %q", r.err)
	}
	if data, err := os.ReadFile(w.lock()); err != nil || !strings.Contains(string(data), "mac-mini") {
		t.Errorf("the lock is %q: %v", data, err)
	}
}

// TestRunTellsARemoval: nobody took the lock, and "which is normal" would be no warning.
func TestRunTellsARemoval(t *testing.T) {
	w := newWorld(t)
	if r := w.run("run", "--", "rm", w.lock()).want(t, 0); !strings.Contains(r.err, "warning: the lock was removed") {
		t.Errorf("stderr %q", r.err)
	}
}

// TestRunOutlivesItsReader: that nobody reads its messages must not end it with the lock in its hands.
func TestRunOutlivesItsReader(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign()) // so that there is something to say
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	defer write.Close()
	cmd := w.command("run", "--take-over", "--", "sh", "-c", "exit 6")
	cmd.Stderr = write
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 6 {
		t.Errorf("it ended with %v, want the command's 6", cmd.ProcessState)
	}
	w.mustBeGone(w.lock())
}

// running is a `lockbar run` whose command has said its PID.
type running struct {
	cmd   *exec.Cmd
	child int
}

// lockHolder is the PID in the lock.
func (w *world) lockHolder() int {
	w.t.Helper()
	s := decode[report.Status](w.t, w.run("status", "--json").out)
	if s.Record == nil {
		w.t.Fatalf("there is no lock: %s", s.Detail)
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
	r := &running{cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		w.t.Fatal(err)
	}
	r.child, err = strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// TestRunPassesSignalsOn: CMD is no shell with a trap, which may wait for ever for what it reads if the signal comes
// just before it does.
func TestRunPassesSignalsOn(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2} {
		t.Run(s.String(), func(t *testing.T) {
			w := newWorld(t)
			caughtHere := make(chan os.Signal, 1) // what is caught here is not ignored in a child, even if nohup started these tests
			signal.Notify(caughtHere, s)
			defer signal.Stop(caughtHere)
			cmd := w.command("run", "--", os.Args[0])
			cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", catchVariable, s))
			r := w.start(cmd)
			if err := cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != caught(s) {
				t.Errorf("exit code %d (%v) of %d, want %d", got, cmd.ProcessState, r.child, caught(s))
			}
			w.mustBeGone(w.lock())
		})
	}
}

// TestSignalEndsTheCommand: CMD without a handler dies of the signal, and the lock is given back all the same.
func TestSignalEndsTheCommand(t *testing.T) {
	w := newWorld(t)
	r := w.startRun("echo $$; exec sleep 1000")
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
	if got := r.cmd.ProcessState.ExitCode(); got != signalBase+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", got)
	}
	w.mustBeGone(w.lock())
}

// TestKilledRunEndsItsGroup: no system leaves a child of CMD writing without a holder.
func TestKilledRunEndsItsGroup(t *testing.T) {
	w := newWorld(t)
	r := w.startRun("sleep 1000 & echo $!; wait")
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
	gone(t, r.child)
	w.run("status", "--exit-code").want(t, 12)
}

// TestRunKeepsThePID: the lock names the process that the caller started.
func TestRunKeepsThePID(t *testing.T) {
	w := newWorld(t)
	r := w.startRun("echo $$; exec sleep 1000")
	if pid := w.lockHolder(); pid != r.cmd.Process.Pid {
		t.Errorf("the lock names %d, not %d", pid, r.cmd.Process.Pid)
	}
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	_ = r.cmd.Wait()
}

func TestEnvironmentReachesTheCommand(t *testing.T) {
	w := newWorld(t)
	cmd := w.command("run", "--", "sh", "-c", `printf %s "$MARK"; cat`)
	cmd.Env = append(cmd.Env, "MARK=here ")
	cmd.Stdin = strings.NewReader("and input")
	if r := finish(t, cmd).want(t, 0); r.out != "here and input" {
		t.Errorf("%q", r.out)
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
