//go:build linux

package testdesk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Command describes a process to start. The zero value runs lockbar without
// arguments, in a new home, without a desktop session.
type Command struct {
	Bus   *Bus     // nil: no session
	Home  *Home    // nil: a new one
	Path  string   // "": Lockbar
	Args  []string // without the program's name
	Env   []string // added to the environment of Bus and Home; the last value of a name counts
	Stdin io.Reader
}

// Process is a child process. Its output is kept, and logged when the test
// fails.
type Process struct {
	Started time.Time // just before fork and exec

	cmd *exec.Cmd
	state
	lines []Line
	ended bool
	code  int
}

// graceAfterExit bounds the wait for the output of a grandchild that inherited
// the pipes. Without such a process there is no wait.
const graceAfterExit = time.Second

// Start runs the command. The process is killed when the test ends.
func (c Command) Start(t testing.TB) *Process {
	t.Helper()
	p := &Process{cmd: c.Exec(t)}
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cleanUp(t) })
	return p
}

// Exec returns the command for a test that starts it itself.
func (c Command) Exec(t testing.TB) *exec.Cmd {
	t.Helper()
	if c.Path == "" {
		c.Path = Lockbar(t)
	}
	if c.Home == nil {
		c.Home = NewHome(t)
	}
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env = slices.Concat(c.Bus.Env(), c.Home.Env(), c.Env)
	cmd.Dir, cmd.Stdin = c.Home.Dir, c.Stdin
	cmd.WaitDelay = graceAfterExit
	// A panic of the test binary (go test -timeout) runs no Cleanup. The kernel
	// sends Pdeathsig when the starting *thread* ends: do not start a child from
	// a goroutine that ends locked to its thread.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func (p *Process) start() error {
	out, log := &recorder{process: p, stream: stdout}, &recorder{process: p, stream: stderr}
	p.cmd.Stdout, p.cmd.Stderr = out, log
	p.Started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go p.reap(out, log)
	return nil
}

// reap waits for the process and its output.
func (p *Process) reap(streams ...*recorder) {
	_ = p.cmd.Wait() // p.code says more than the error, which may mean only that a grandchild kept the pipes open
	p.update(func() {
		for _, s := range streams {
			s.flush()
		}
		p.ended, p.code = true, exitCode(p.cmd.ProcessState)
	})
}

// exitCode returns the exit code as a shell does: 128 + n after signal n.
func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}

func (p *Process) cleanUp(t testing.TB) {
	killed := !p.Ended()
	p.Kill()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	code, err := p.Wait(ctx)
	if err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Logf("%v ended with exit code %d (killed by the cleanup: %t) and printed:\n%s", p, code, killed, p.transcript())
	}
}

// String returns the PID and the command line, for messages.
func (p *Process) String() string {
	return fmt.Sprintf("process %d (%s)", p.PID(), strings.Join(p.cmd.Args, " "))
}

func (p *Process) transcript() string {
	var b strings.Builder
	for _, l := range p.Lines() {
		fmt.Fprintf(&b, "%s %6.1f ms: %s\n", l.Stream, float64(l.Received.Sub(p.Started).Microseconds())/1000, l.Text)
	}
	return b.String()
}

// PID returns the process ID.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends a signal. After the end of the process it returns os.ErrProcessDone.
func (p *Process) Signal(sig os.Signal) error { return p.cmd.Process.Signal(sig) }

// Kill sends SIGKILL and does not wait. After the end of the process it does nothing.
func (p *Process) Kill() { p.cmd.Process.Kill() }

// Ended reports whether the process has ended.
func (p *Process) Ended() (ended bool) {
	p.read(func() { ended = p.ended })
	return ended
}

// Wait waits for the process to end and returns its exit code as a shell does:
// 128 + n if signal n ended it.
func (p *Process) Wait(ctx context.Context) (code int, err error) {
	if _, err := await(ctx, &p.state, func() bool { return p.ended }, isTrue); err != nil {
		return -1, fmt.Errorf("wait for the end of %v: %w", p, err)
	}
	p.read(func() { code = p.code })
	return code, nil
}

// Stdout returns the lines of the standard output so far.
func (p *Process) Stdout() string { return p.text(stdout) }

// Stderr returns the lines of the standard error so far.
func (p *Process) Stderr() string { return p.text(stderr) }

func (p *Process) text(stream string) string {
	var b strings.Builder
	for _, l := range p.Lines() {
		if l.Stream == stream {
			b.WriteString(l.Text + "\n")
		}
	}
	return b.String()
}

// Lines returns the complete lines of both streams so far and, once the process
// has ended, the text after the last newline.
func (p *Process) Lines() (lines []Line) {
	p.read(func() { lines = slices.Clone(p.lines) })
	return lines
}

// WaitLine waits for a line of either stream that contains the text, and returns
// the first.
func (p *Process) WaitLine(ctx context.Context, text string) (Line, error) {
	return p.WaitLineFrom(ctx, 0, text)
}

// WaitLineFrom is like WaitLine but skips that many lines at the beginning.
func (p *Process) WaitLineFrom(ctx context.Context, from int, text string) (line Line, err error) {
	found := false
	search := func() (ended bool) {
		lines := p.lines[min(from, len(p.lines)):]
		if n := slices.IndexFunc(lines, func(l Line) bool { return strings.Contains(l.Text, text) }); n >= 0 {
			line, found = lines[n], true
		}
		return p.ended // under the same lock as the search: a process that has ended prints no more
	}
	_, err = await(ctx, &p.state, search, func(ended bool) bool { return found || ended })
	switch {
	case found:
		return line, nil
	case err == nil:
		err = errors.New("it has ended")
	}
	return line, fmt.Errorf("wait for a line with %q from %v: %w\n%s", text, p, err, p.transcript())
}
