//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// suspend does what a stop of CMD's group asks for: the terminal, if it stopped for lack of it and we may give it; else our whole
// group stops as well, as it would if CMD were in it, so that the shell gets its job back.
func (h *hold) suspend(s syscall.Signal) {
	forTerminal := s == syscall.SIGTTIN || s == syscall.SIGTTOU
	switch {
	case forTerminal && inForeground():
		h.giveTerminal()
		h.proceed()
	case s == syscall.SIGTSTP && orphaned():
		h.proceed() // no shell could ever continue us
	default:
		h.hasTerminal, h.stopped = false, true
		h.stopGroup(s)
	}
}

// stopGroup stops our group by one signal: if the shell saw others of it stop before us, it could continue us too early. A SIGTSTP
// that came to us came to all of them. It cannot be sent on: the runtime never gives it back its default action.
func (h *hold) stopGroup(s syscall.Signal) {
	group := 0
	if h.passedStop {
		group, h.passedStop = os.Getpid(), false
	}
	if s != syscall.SIGTTIN {
		s = unix.SIGSTOP
	}
	_ = unix.Kill(group, s)
}

// resume continues CMD, in the foreground if we are.
func (h *hold) resume() {
	if !h.stopped {
		return
	}
	h.stopped = false
	if h.wantsTerminal && inForeground() {
		h.giveTerminal()
	}
	h.proceed()
}

func (h *hold) proceed() { _ = unix.Kill(-h.minder, unix.SIGCONT) }

// watchStops has Ctrl-Z stop CMD's group first, and us after it, and lets us change the foreground from the background, which
// would stop us. It must not be called before the minder was started: what is ignored is inherited.
func (h *hold) watchStops() {
	signal.Ignore(syscall.SIGTTOU)
	if !signal.Ignored(syscall.SIGTSTP) {
		signal.Notify(h.signals, syscall.SIGTSTP)
	}
}

func (h *hold) giveTerminal() {
	h.wantsTerminal, h.hasTerminal = true, true
	setForeground(h.minder)
}

// takeTerminalBack is for a caller that is no shell with jobs, and would not do it.
func (h *hold) takeTerminalBack() {
	if h.hasTerminal {
		setForeground(unix.Getpgrp())
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// openTerminal opens the controlling terminal, where there is one.
func openTerminal() (int, error) {
	return unix.Open("/dev/tty", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
}

// inForeground reports whether our group gets the signals of our terminal's keys.
func inForeground() bool { return foregroundGroup() == unix.Getpgrp() }

// foregroundGroup returns the group in the foreground of our terminal; 0 where we have none.
func foregroundGroup() int {
	tty, err := openTerminal()
	if err != nil {
		return 0
	}
	defer unix.Close(tty)
	group, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP)
	if err != nil {
		return 0
	}
	return group
}

// setForeground fails only where the terminal is gone, or the group.
func setForeground(group int) {
	if tty, err := openTerminal(); err == nil {
		defer unix.Close(tty)
		_ = unix.IoctlSetPointerInt(tty, unix.TIOCSPGRP, group)
	}
}

// orphaned reports whether no shell minds our group (setsid, ssh -t, a terminal without a shell): no ancestor in our session is in
// another group. The kernel stops such a group for no key.
func orphaned() bool {
	group := unix.Getpgrp()
	session, _ := unix.Getsid(0)
	for pid := os.Getpid(); ; {
		parent, known := parentOf(pid)
		if !known {
			return false
		}
		if theirs, err := unix.Getsid(parent); parent < 1 || err != nil || theirs != session {
			return true
		}
		if theirs, err := unix.Getpgid(parent); err != nil || theirs != group {
			return err != nil
		}
		pid = parent
	}
}
