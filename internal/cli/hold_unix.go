//go:build unix

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lockbar/internal/machine"
	"lockbar/lockcore"
)

// CMD and its descendants must stop writing once the lock has no holder, and no process can handle its own SIGKILL. So lockbar uses
// two processes. The holder, which the caller started and which the lock names, starts the minder (mind), which starts CMD. If one of
// the two is killed, the other ends all the rest (endDescendants).
//
// The minder and CMD have a process group of their own, which can be given the terminal and killed as one. The holder stays in the
// caller's group and does for CMD what a shell does for a job.

// A hold is the holder's view of CMD.
type hold struct {
	minder        int              // its PID, which is also the number of CMD's group
	orders        *os.File         // signals for CMD; closed when we die
	report        *os.File         // the exit code of CMD; closed without one if the minder dies
	signals       chan os.Signal   // meant for CMD
	continued     chan os.Signal   // SIGCONT: we were continued
	childEvents   <-chan os.Signal // SIGCHLD
	began         uint64           // when the minder started, as lockcore.Process.StartID
	wantsTerminal bool             // CMD's group gets the foreground whenever ours has it
	hasTerminal   bool             // CMD's group was put into the foreground
	stopped       bool             // we stopped along with CMD, and must continue it when we are continued
	ended         unix.WaitStatus  // of the minder
	// passedStop is set when SIGTSTP is passed on to CMD's group, and cleared when stopGroup stops us.
	passedStop bool
}

// runHolding runs CMD and returns its exit code as an error.
func runHolding(args []string, signals chan os.Signal) error {
	// The thread that starts the minder must live as long as we do (dieWith).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	h := &hold{signals: signals, continued: make(chan os.Signal, 1), childEvents: childEvents()}
	if err := h.start(args); err != nil {
		return failf(exitFailed, "CMD was not started: %w", err)
	}
	defer h.takeTerminalBack()
	h.watchStops()
	signal.Notify(h.continued, syscall.SIGCONT)
	for {
		select {
		case <-h.childEvents:
			if h.reap() {
				return h.outcome()
			}
		case s := <-h.signals:
			h.pass(s.(syscall.Signal))
		case <-h.continued:
			h.resume()
		}
	}
}

// start starts the minder. When the pipe orders is closed, the minder knows that this process has ended.
func (h *hold) start(args []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	theirOrders, orders, err := os.Pipe()
	if err != nil {
		return err
	}
	defer theirOrders.Close()
	report, theirReport, err := os.Pipe()
	if err != nil {
		return err
	}
	defer theirReport.Close()
	h.orders, h.report = orders, report
	adoptOrphans()
	// CMD gets the terminal if we have it, unless others in our group may need it: the rest of a pipeline (run -- tar ... | ssh ...,
	// which asks for a password), or a script that started us in the background. Then CMD gets the terminal only when SIGTTIN or
	// SIGTTOU has stopped it (suspend).
	h.wantsTerminal = isTerminal(os.Stdin) && isTerminal(os.Stdout) && inForeground()
	h.hasTerminal = h.wantsTerminal
	cmd := exec.Command(self, append(mindArguments(h.wantsTerminal, inherited(theirOrders), inherited(theirReport)), args...)...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// A stopped minder could not end CMD, so on Linux it gets SIGCONT when we die: on its own the kernel sends SIGCONT only to an orphaned
	// group.
	cmd.SysProcAttr = dieWith(&syscall.SysProcAttr{Setpgid: true}, syscall.SIGCONT)
	if err := cmd.Start(); err != nil {
		return err
	}
	h.minder = cmd.Process.Pid
	h.began = machine.Probe(h.minder).StartID
	return cmd.Process.Release() // reap waits for it
}

// pass sends CMD a signal. A SIGINT or SIGQUIT that comes while our group is in the foreground may be that of a key, which would signal a
// whole group, so it goes to all of CMD's group, as SIGTSTP does.
func (h *hold) pass(s syscall.Signal) {
	switch {
	case s == syscall.SIGTSTP:
		h.passedStop = true
		_ = unix.Kill(-h.minder, s)
	case (s == syscall.SIGINT || s == syscall.SIGQUIT) && inForeground():
		_, _ = h.orders.Write([]byte{byte(s) | toGroup})
	default:
		_, _ = h.orders.Write([]byte{byte(s)}) // fails only if the minder has just ended
	}
}

// reap handles a stop of the minder and reports whether it has ended.
func (h *hold) reap() (ended bool) {
	for {
		pid, status, err := wait(unix.WNOHANG | unix.WUNTRACED)
		switch {
		case err != nil || pid == 0:
			return false
		case pid != h.minder: // a child that we had before the exec, or an orphan of one
		case status.Stopped():
			h.suspend(status.StopSignal())
		default:
			h.ended = status
			return true
		}
	}
}

// outcome returns the exit code of CMD as an error. A minder that ends without a report was killed.
func (h *hold) outcome() error {
	var code [1]byte
	if n, _ := h.report.Read(code[:]); n == 1 {
		return exitWith(int(code[0]))
	}
	if key := h.ended.Signal(); h.ended.Signaled() && (key == unix.SIGINT || key == unix.SIGQUIT) {
		return exitWith(exitCodeOf(h.ended)) // a key killed the minder right after the fork; later it drops these signals
	}
	left := endDescendants(h.minder, h.isOlder)
	text := "the process that watches CMD was killed, so CMD and its descendants were ended"
	if len(left) > 0 {
		text += "; still running, since another user owns them: process " + strings.Trim(fmt.Sprint(left), "[]")
	}
	return failf(signalBase+int(syscall.SIGKILL), "%s", text)
}

// isOlder reports whether a process started before the minder, and so is not its descendant. An exec keeps children: those of a shell that
// became lockbar are ours, and their orphans become ours too.
func (h *hold) isOlder(pid int) bool {
	began := machine.Probe(pid).StartID
	return began != 0 && began < h.began
}

// inherited keeps a file open in the minder under the same number, and returns this number. ExtraFiles would give it a number that the
// caller may use for a file that it passes to CMD.
func inherited(f *os.File) int {
	fd := f.Fd()
	_, _ = unix.FcntlInt(fd, unix.F_SETFD, 0)
	return int(fd)
}

func exitWith(code int) error {
	if code == exitOK {
		return nil
	}
	return &failure{code: code}
}

// childEvents returns a channel of stops and ends of children. One event may stand for several, so its receiver checks all children.
func childEvents() <-chan os.Signal {
	events := make(chan os.Signal, 1)
	signal.Notify(events, syscall.SIGCHLD)
	return events
}

// wait calls wait4 for any child; pid is 0 if no child has changed.
func wait(options int) (pid int, status unix.WaitStatus, err error) {
	for {
		pid, err = unix.Wait4(-1, &status, options, nil)
		if err != unix.EINTR {
			return pid, status, err
		}
	}
}

// passedOn lists the signals that are passed on to CMD. HUP and INT stay ignored, for CMD too, if they were ignored when we started
// (nohup, a job in the background).
func passedOn() []os.Signal {
	signals := []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2}
	return slices.DeleteFunc(signals, signal.Ignored)
}

// runAsDaemon executes this program again in this process (same PID), with the arguments that make daemons respect its lock. It
// returns only on failure.
func runAsDaemon(store *lockcore.Store) error {
	self, err := os.Executable()
	if err == nil {
		err = syscall.Exec(self, slices.Insert(slices.Clone(os.Args), 1, runArguments(store)...), os.Environ())
	}
	return failf(exitFailed, "the lock was not taken: lockbar cannot restart itself: %w", err)
}
