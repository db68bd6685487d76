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

// Command says what to run. The zero value runs lockbar without arguments, in
// a new home, without a desktop session.
type Command struct {
	Bus   *Bus     // nil: no session at all
	Home  *Home    // nil: a new one
	Path  string   // "": Lockbar
	Args  []string // without the program's name
	Env   []string // added to the hermetic environment; the last one counts
	Dir   string   // "": the home
	Stdin io.Reader
}

// Process is a running child. Whatever it prints is kept, and shown when the
// test fails.
type Process struct {
	Home    *Home
	Started time.Time // just before fork and exec

	cmd *exec.Cmd
	state
	output map[Stream][]byte
	lines  []Line
	ended  bool
	code   int
	err    error // of waiting; not a mere exit code
}

// graceAfterExit is how long output may still come from a grandchild that
// inherited the pipes. Nothing waits for it when there is no such process.
const graceAfterExit = time.Second

// Start runs the command. The process is killed when the test ends.
func (c Command) Start(t testing.TB) *Process {
	t.Helper()
	if c.Path == "" {
		c.Path = Lockbar(t)
	}
	if c.Home == nil {
		c.Home = NewHome(t)
	}
	p := &Process{Home: c.Home, cmd: c.exec(), output: map[Stream][]byte{}}
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cleanUp(t) })
	return p
}

func (c Command) exec() *exec.Cmd {
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env = slices.Concat(c.Bus.Env(), c.Home.Env(), c.Env)
	cmd.Dir, cmd.Stdin = c.Dir, c.Stdin
	if cmd.Dir == "" {
		cmd.Dir = c.Home.Dir
	}
	cmd.WaitDelay = graceAfterExit
	// A panic of the test binary (go test -timeout) runs no Cleanup. Mind that
	// it is the death of the starting *thread* that counts: do not start a child
	// from a goroutine that ends locked to its thread.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func (p *Process) start() error {
	stdout := &recorder{process: p, stream: Stdout}
	stderr := &recorder{process: p, stream: Stderr}
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
	p.Started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go p.reap(stdout, stderr)
	return nil
}

// reap waits for the process and its output, so that no zombie is left.
func (p *Process) reap(streams ...*recorder) {
	err := p.cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) || errors.Is(err, exec.ErrWaitDelay) {
		err = nil // the code says it, or a grandchild held the pipes
	}
	p.update(func() {
		for _, s := range streams {
			s.flush()
		}
		p.ended, p.code, p.err = true, exitCode(p.cmd.ProcessState), err
	})
}

// exitCode is the code as a shell gives it: 128 + n after signal n.
func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}

func (p *Process) cleanUp(t testing.TB) {
	fate := p.fate()
	p.Kill()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := p.Wait(ctx); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Logf("%v %s and printed:\n%s", p, fate, p.transcript())
	}
}

// fate says what has become of the process.
func (p *Process) fate() (fate string) {
	p.read(func() {
		if fate = "ran"; p.ended {
			fate = fmt.Sprintf("had ended with exit code %d", p.code)
		}
	})
	return fate
}

// String names the process in messages.
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

// PID is the process' number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends a signal. After the process has ended it is os.ErrProcessDone.
func (p *Process) Signal(sig os.Signal) error { return p.cmd.Process.Signal(sig) }

// Kill sends SIGKILL, if there is still a process. Wait tells when it is gone.
func (p *Process) Kill() { p.cmd.Process.Kill() }

// Ended says whether the process has ended.
func (p *Process) Ended() (ended bool) {
	p.read(func() { ended = p.ended })
	return ended
}

// Wait waits for the process to end and returns its exit code as a shell would:
// 128 + n if signal n ended it.
func (p *Process) Wait(ctx context.Context) (code int, err error) {
	isTrue := func(ended bool) bool { return ended }
	if _, err := await(ctx, &p.state, func() bool { return p.ended }, isTrue); err != nil {
		return -1, fmt.Errorf("wait for the end of %v: %w", p, err)
	}
	p.read(func() { code, err = p.code, p.err })
	return code, err
}

// Stdout is everything that came so far.
func (p *Process) Stdout() string { return p.text(Stdout) }

// Stderr is everything that came so far.
func (p *Process) Stderr() string { return p.text(Stderr) }

func (p *Process) text(s Stream) (text string) {
	p.read(func() { text = string(p.output[s]) })
	return text
}

// Lines lists the whole lines of both streams so far.
func (p *Process) Lines() (lines []Line) {
	p.read(func() { lines = slices.Clone(p.lines) })
	return lines
}

// WaitLine waits for a line, on either stream, that contains the text. Lines
// that came before the call count.
func (p *Process) WaitLine(ctx context.Context, text string) (Line, error) {
	return p.WaitLineFrom(ctx, 0, text)
}

// WaitLineFrom is WaitLine among the lines from number from on, as Lines
// counts them.
func (p *Process) WaitLineFrom(ctx context.Context, from int, text string) (Line, error) {
	look := func() (g glance) {
		lines := p.lines[min(from, len(p.lines)):]
		n := slices.IndexFunc(lines, func(l Line) bool { return strings.Contains(l.Text, text) })
		if n >= 0 {
			g.found, g.line = true, lines[n]
		}
		g.ended = p.ended
		return g
	}
	g, err := await(ctx, &p.state, look, func(g glance) bool { return g.found || g.ended })
	switch {
	case g.found:
		return g.line, nil
	case err == nil:
		err = errors.New("it has ended")
	}
	return g.line, fmt.Errorf("wait for a line with %q from %v: %w\n%s", text, p, err, p.transcript())
}

// glance is one look at the output: a process that has ended prints no more.
type glance struct {
	line         Line
	found, ended bool
}

// String keeps a glance out of the messages, which show all output anyway.
func (g glance) String() string { return "the output below" }
