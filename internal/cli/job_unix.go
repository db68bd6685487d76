//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// suspend handles a stop of the minder, which stands for CMD's whole group. If the group stopped because CMD needs the terminal, and our
// group has the terminal, CMD's group gets it. If Ctrl-Z stopped the group and no shell could continue it, we continue it. Otherwise our
// whole group stops too, as it would if CMD were in it, and the shell regains control of its job.
func (h *hold) suspend(s syscall.Signal) {
	forTerminal := s == syscall.SIGTTIN || s == syscall.SIGTTOU
	switch {
	case forTerminal && inForeground():
		h.giveTerminal()
		h.continueCommand()
	case s == syscall.SIGTSTP && orphaned():
		h.continueCommand() // no shell could continue us
	default:
		h.hasTerminal, h.stopped = false, true
		h.stopGroup(s)
	}
}

// stopGroup stops our whole group with one signal: a shell that saw the others stop first could send SIGCONT before we have stopped.
// If SIGTSTP reached us, it reached the others too, so only this process is stopped. stopGroup replaces every signal but SIGTTIN with
// SIGSTOP: SIGTTOU is ignored, and the runtime never restores the default action of SIGTSTP.
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

// resume continues CMD if it had stopped with us. It gives CMD the terminal if CMD wants it and our group is in the foreground.
func (h *hold) resume() {
	if !h.stopped {
		return
	}
	h.stopped = false
	if h.wantsTerminal && inForeground() {
		h.giveTerminal()
	}
	h.continueCommand()
}

func (h *hold) continueCommand() { _ = unix.Kill(-h.minder, unix.SIGCONT) }

// watchStops makes Ctrl-Z stop CMD's group first, and us after it. It also ignores SIGTTOU, which would stop us if we changed the
// foreground while in the background. Call it after the minder was started, since a child inherits ignored signals.
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

// takeTerminalBack puts our group into the foreground again. A caller without job control would not do it.
func (h *hold) takeTerminalBack() {
	if h.hasTerminal {
		setForeground(unix.Getpgrp())
	}
}

// openTerminal opens the controlling terminal, if there is one.
func openTerminal() (int, error) {
	return unix.Open("/dev/tty", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
}

// inForeground reports whether our group gets the signals of the terminal's keys.
func inForeground() bool { return foregroundGroup() == unix.Getpgrp() }

// foregroundGroup returns the group in the foreground of our terminal; 0 if we have no terminal.
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

// setForeground puts a group into the foreground. It fails only if the terminal or the group is gone.
func setForeground(group int) {
	if tty, err := openTerminal(); err == nil {
		defer unix.Close(tty)
		_ = unix.IoctlSetPointerInt(tty, unix.TIOCSPGRP, group)
	}
}

// orphaned reports whether our group has no shell that could continue it (setsid, ssh -t, a terminal without a shell): no ancestor in our
// session is in another group. The kernel does not let Ctrl-Z stop such a group. If an ancestor's parent is not known, orphaned
// returns false.
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
