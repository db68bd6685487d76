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

// CMD and what it starts must not write on when nobody holds the lock any more, and no process can do anything about its own
// SIGKILL. So there are two of ours: the holder, which the caller started and which the lock names, starts the minder (mind),
// which starts CMD. Whichever is left when the other was killed ends all the rest (endDescendants).
//
// Minder and CMD have a process group of their own, so that it can be given the terminal and ended as one. The holder stays in
// the caller's group and does for CMD what a shell does for a job.

// hold is CMD as the holder has it.
type hold struct {
	minder        int              // its PID, and the number of the group of CMD
	orders        *os.File         // signals for CMD; it is closed when we die
	report        *os.File         // the exit code of CMD; closed without one if the minder dies
	signals       chan os.Signal   // meant for CMD
	continued     chan os.Signal   // SIGCONT: somebody continued us
	childEvents   <-chan os.Signal // SIGCHLD
	began         uint64           // when the minder started, as lockcore.Process.StartID
	wantsTerminal bool             // CMD's group is to be in the foreground whenever ours would be
	hasTerminal   bool             // CMD's group was put into the foreground
	stopped       bool
	ended         unix.WaitStatus // of the minder
	// passedStop: CMD's group is about to stop since we were to.
	passedStop bool
}

// runHolding runs CMD and gives its exit code as an error.
func runHolding(args []string, signals chan os.Signal) error {
	// dieWith is about the thread that starts the minder: it must not end before us.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	h := &hold{signals: signals, continued: make(chan os.Signal, 1), childEvents: childEvents()}
	if err := h.start(args); err != nil {
		return failf(exitNotTaken, "CMD was not started: %w", err)
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

// start starts the minder. If it finds the orders closed, we are gone.
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
	// CMD gets the terminal if we have it, unless that could take it away from others in our group: from the rest of a pipeline
	// (run -- tar ... | ssh ..., which asks for a password), or from a script that started us in the background. CMD gets it then
	// when it asks for it (suspend).
	h.wantsTerminal = isTerminal(os.Stdin) && isTerminal(os.Stdout) && inForeground()
	h.hasTerminal = h.wantsTerminal
	cmd := exec.Command(self, append(mindArguments(h.wantsTerminal, inherited(theirOrders), inherited(theirReport)), args...)...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// A stopped minder could not end CMD. The kernel continues what a death leaves stopped only if it orphans the group.
	cmd.SysProcAttr = dieWith(&syscall.SysProcAttr{Setpgid: true}, syscall.SIGCONT)
	if err := cmd.Start(); err != nil {
		return err
	}
	h.minder = cmd.Process.Pid
	h.began = machine.Probe(h.minder).StartID
	return cmd.Process.Release() // reap waits for it
}

// pass gives CMD a signal. Keys that come to us, because CMD is not in the foreground, are meant for all of its group.
func (h *hold) pass(s syscall.Signal) {
	switch {
	case s == syscall.SIGTSTP:
		h.passedStop = true
		_ = unix.Kill(-h.minder, s)
	case (s == syscall.SIGINT || s == syscall.SIGQUIT) && inForeground():
		_, _ = h.orders.Write([]byte{byte(s) | toGroup})
	default:
		_, _ = h.orders.Write([]byte{byte(s)}) // fails only where CMD has just ended
	}
}

// reap looks whether the minder has stopped or ended.
func (h *hold) reap() (ended bool) {
	for {
		pid, status, err := wait(unix.WNOHANG | unix.WUNTRACED)
		switch {
		case err != nil || pid == 0:
			return false
		case pid != h.minder: // one that we had before, or its orphan
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
		return exitWith(exitCodeOf(h.ended)) // while it was forked: a minder that runs drops these
	}
	left := endDescendants(h.minder, h.isOlder)
	text := "the process that minds CMD was killed, so CMD and what it started were ended"
	if len(left) > 0 {
		text += "; these run as another user, cannot be ended, and go on: process " + strings.Trim(fmt.Sprint(left), "[]")
	}
	return failf(signalBase+int(syscall.SIGKILL), "%s", text)
}

// isOlder reports whether a process started before the minder, and so was not started by it: an exec keeps the children that a
// process had before, and their orphans come to us too.
func (h *hold) isOlder(pid int) bool {
	began := machine.Probe(pid).StartID
	return began != 0 && began < h.began
}

// inherited keeps a file open in the minder, under its own number: those that follow standard error are the caller's, for CMD.
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

// childEvents says that a child has stopped or ended. Events may be one: who gets it looks at all children.
func childEvents() <-chan os.Signal {
	events := make(chan os.Signal, 1)
	signal.Notify(events, syscall.SIGCHLD)
	return events
}

// wait is wait4 for any child; pid is 0 where none has anything to tell.
func wait(options int) (pid int, status unix.WaitStatus, err error) {
	for {
		pid, err = unix.Wait4(-1, &status, options, nil)
		if err != unix.EINTR {
			return pid, status, err
		}
	}
}

// passedOn lists the signals that CMD gets from us. HUP and INT that were ignored when we started (nohup, a job in the
// background) stay so, for CMD too.
func passedOn() []os.Signal {
	signals := []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2}
	return slices.DeleteFunc(signals, signal.Ignored)
}

// runAsDaemon starts this program again in the place of this process (same PID), with the arguments by which daemons respect
// its lock. It returns only on failure.
func runAsDaemon(store *lockcore.Store) error {
	self, err := os.Executable()
	if err == nil {
		err = syscall.Exec(self, slices.Insert(slices.Clone(os.Args), 1, claimArguments(store)...), os.Environ())
	}
	return failf(exitNotTaken, "the lock was not taken: cannot run again: %w", err)
}
