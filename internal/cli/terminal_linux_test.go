package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// Only for Linux: /proc shows which process has the terminal and which are stopped.

const (
	ctrlC = "\x03"
	ctrlZ = "\x1a"
)

// A session is a program at a terminal, as a user runs it.
type session struct {
	t        *testing.T
	keyboard *os.File
	cmd      *exec.Cmd
	seen     string // output that sees has not dropped
}

// atTerminal starts a program at a new terminal. Its $RUN is lockbar run, and its $COUNT a program that counts Ctrl-C.
func (w *world) atTerminal(program string, args ...string) *session {
	w.t.Helper()
	keyboard, tty := terminal(w.t)
	noEcho(w.t, tty)
	cmd := w.command()
	cmd.Path, cmd.Args = program, append([]string{program}, args...)
	cmd.Env = append(cmd.Env, countVariable+"=1", "RUN="+binary+" run --", "COUNT="+os.Args[0], "PS1=", "TERM=dumb")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		w.allGone()
	})
	return &session{t: w.t, keyboard: keyboard, cmd: cmd}
}

// noEcho turns off the echo, so that typed text is not mistaken for output.
func noEcho(t *testing.T, tty *os.File) {
	t.Helper()
	settings, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	testfs.Check(t, err)
	settings.Lflag &^= unix.ECHO
	testfs.Check(t, unix.IoctlSetTermios(int(tty.Fd()), unix.TCSETS, settings))
}

func (s *session) types(text string) *session {
	s.t.Helper()
	if _, err := s.keyboard.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
	return s
}

// sees waits for text, and drops the output up to its end.
func (s *session) sees(text string) *session {
	s.t.Helper()
	for buf := make([]byte, 4096); !strings.Contains(s.seen, text); {
		ready := []unix.PollFd{{Fd: int32(s.keyboard.Fd()), Events: unix.POLLIN}}
		if n, err := unix.Poll(ready, int(patience.Milliseconds())); n == 0 || err != nil && err != unix.EINTR {
			s.t.Fatalf("%v, and no %q in %q", err, text, s.seen)
		}
		n, err := s.keyboard.Read(buf)
		if err != nil {
			s.t.Fatalf("%v, and no %q in %q", err, text, s.seen)
		}
		s.seen += string(buf[:n])
	}
	_, s.seen, _ = strings.Cut(s.seen, text)
	return s
}

// untilForeground waits until CMD has the terminal. Before that the shell gets the keys.
func (s *session) untilForeground(w *world) *session {
	s.t.Helper()
	w.until("CMD's group is in the foreground and runs", func() bool {
		group, err := unix.IoctlGetInt(int(s.keyboard.Fd()), unix.TIOCGPGRP)
		return err == nil && commandOf(group, 1) == mindCommand && !isStopped(group)
	})
	return s
}

// shells runs a test in sh and in bash, with job control; in the usual form only in sh.
func shells(t *testing.T, test func(t *testing.T, w *world, s *session)) {
	for _, shell := range []struct {
		name string
		args []string
	}{{"sh", []string{"-i"}}, {"bash", []string{"--norc", "--noediting", "-i"}}}[:testfs.Rounds(1, 2)] {
		t.Run(shell.name, func(t *testing.T) {
			program, err := exec.LookPath(shell.name)
			if err != nil {
				t.Skip("no such shell here:", err)
			}
			w := newWorld(t)
			test(t, w, w.atTerminal(program, shell.args...))
		})
	}
}

// TestJob checks that a run in a terminal is a normal job. Each key reaches CMD once, Ctrl-Z returns the terminal to the shell, and fg
// gives it to CMD again.
func TestJob(t *testing.T) {
	t.Parallel()
	shells(t, func(t *testing.T, w *world, s *session) {
		s.types("$RUN $COUNT; echo code-$?-end\n").sees("\n")
		holder := w.lockHolder()
		s.types(ctrlC).sees("interrupt")
		s.types(ctrlZ).sees("Stopped").types("echo free-$((40+2))\n").sees("free-42")
		if pid := w.lockHolder(); pid != holder {
			t.Errorf("the lock names %d, not %d", pid, holder)
		}
		s.types("fg\n").untilForeground(w).types(ctrlC).sees("interrupt")
		s.types(ctrlZ).sees("Stopped").types("bg; echo behind-$((40+2))\n").sees("behind-42")
		_ = syscall.Kill(holder, syscall.SIGINT)
		s.sees("interrupt").types("fg; echo code-$?-end\n").sees("COUNT")
		_ = syscall.Kill(holder, syscall.SIGTERM)
		s.sees(fmt.Sprintf("code-%d-end", tally(3))).types("echo free-$((40+3))\n").sees("free-43")
		w.mustBeGone(w.lock())
	})
}

// TestJobInBackgroundReads checks that a job in the background stops when it reads, and that fg gives it the terminal.
func TestJobInBackgroundReads(t *testing.T) {
	t.Parallel()
	shells(t, func(_ *testing.T, w *world, s *session) {
		s.types("$RUN sh -c 'read x; echo got-$x-end' &\n")
		w.until("the holder is stopped", func() bool { return slices.ContainsFunc(w.processes(), stoppedHolder) })
		s.types("fg\n").sees("RUN").untilForeground(w).types("hello\n").sees("got-hello-end")
		s.types("echo free-$((40+2))\n").sees("free-42")
	})
}

// TestJobOfAScript stops a script together with its run. The script has no job control, but is itself a job of the shell.
func TestJobOfAScript(t *testing.T) {
	t.Parallel()
	shells(t, func(_ *testing.T, w *world, s *session) {
		s.types(`sh -c '$RUN $COUNT; echo code-$?-end; read x; echo got-$x-end'` + "\n").sees("\n")
		holder := w.lockHolder()
		s.types(ctrlZ).sees("Stopped").types("echo free-$((40+2))\n").sees("free-42").types("fg\n").sees("RUN")
		_ = syscall.Kill(holder, syscall.SIGTERM)
		s.sees(fmt.Sprintf("code-%d-end", tally(0))).types("hello\n").sees("got-hello-end")
		s.types("echo free-$((40+3))\n").sees("free-43")
	})
}

// TestPipelineSharesTheTerminal checks that CMD and the other programs in a pipeline may each ask for a password.
func TestPipelineSharesTheTerminal(t *testing.T) {
	t.Parallel()
	shells(t, func(_ *testing.T, w *world, s *session) {
		s.types(`$RUN echo out | sh -c 'read x </dev/tty; echo beside-$x-end; cat'` + "\n").types("hello\n").sees("beside-hello-end").sees("out")
		s.types(`$RUN sh -c 'read x </dev/tty; echo got-$x-end' | cat` + "\n").types("hello\n").sees("got-hello-end")
		s.types(`$RUN sh -c 'sh -c "echo on; exec sleep 1000"; :' | cat` + "\n").sees("on")
		s.types(ctrlC).types("echo free-$((40+3))\n").sees("free-43")
	})
}

// TestWithoutAShell checks that a run does not stop if no shell could continue it, and that it returns the terminal to a script.
func TestWithoutAShell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.atTerminal("/bin/sh", "-c", `$RUN $COUNT; read x; echo got-$x-end`)
	s.sees("\n").types(ctrlZ).types(ctrlC).sees("interrupt")
	_ = syscall.Kill(w.lockHolder(), syscall.SIGTERM)
	s.types("hello\n").sees("got-hello-end")
}

// TestKeyBeforeTheCommand checks that Ctrl-C ends a run that is about to start CMD, and is not reported as a crash.
func TestKeyBeforeTheCommand(t *testing.T) {
	t.Parallel()
	for range testfs.Rounds(1, 6) {
		w := newWorld(t)
		s := w.atTerminal(binary, "run", "--", "sleep", "1000")
		w.until("the lock is taken", func() bool { _, err := os.Lstat(w.lock()); return err == nil })
		s.types(ctrlC)
		_ = s.cmd.Wait()
		if code := s.cmd.ProcessState.ExitCode(); code != signalBase+int(syscall.SIGINT) && code != exitFailed {
			t.Errorf("%v, want %d, or %d if the lock was still being taken", s.cmd.ProcessState, signalBase+int(syscall.SIGINT), exitFailed)
		}
		w.mustBeGone(w.lock())
	}
}

// TestKilledWhileStopped kills the holder of a stopped job. The kernel continues the minder, which kills CMD.
func TestKilledWhileStopped(t *testing.T) {
	t.Parallel()
	shells(t, func(t *testing.T, w *world, s *session) {
		s.types("$RUN $COUNT\n").sees("\n")
		holder := w.lockHolder()
		s.types(ctrlZ).sees("Stopped")
		testfs.Check(t, syscall.Kill(holder, syscall.SIGKILL))
		w.until("CMD is gone", func() bool { return !slices.ContainsFunc(w.processes(), isCounter) })
		s.types("echo free-$((40+2))\n").sees("free-42")
	})
}

func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("this did not happen in time: %s", what)
		}
	}
}

func stoppedHolder(pid int) bool { return commandOf(pid, 1) == lockcore.RunArgument && isStopped(pid) }

// isStopped reports whether every thread of a process is stopped. Only then does the kernel inform the parent; a shell that was
// not informed would continue nothing.
func isStopped(pid int) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	runs := func(thread string) bool {
		stat, _ := os.ReadFile(thread)
		return !strings.Contains(string(stat), ") T ")
	}
	return len(threads) > 0 && !slices.ContainsFunc(threads, runs)
}

func isCounter(pid int) bool { return commandOf(pid, 0) == os.Args[0] }
