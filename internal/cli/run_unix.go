//go:build unix

package cli

import (
	"os"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"lockbar/lockcore"
)

// runAsDaemon starts this program again in the place of this process (same PID), with the arguments by which daemons respect
// its lock. It returns only on failure.
func runAsDaemon(store *lockcore.Store) error {
	self, err := os.Executable()
	if err == nil {
		err = syscall.Exec(self, slices.Insert(slices.Clone(os.Args), 1, claimArguments(store)...), os.Environ())
	}
	return failf(exitNotTaken, "the lock was not taken: cannot run again: %w", err)
}

// passedOn are the signals that CMD gets from us. HUP and INT that were ignored when we started (nohup, a job in the
// background) stay so, for CMD too.
func passedOn() []os.Signal {
	signals := []os.Signal{syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2}
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if !signal.Ignored(s) {
			signals = append(signals, s)
		}
	}
	return signals
}

// sentByTerminal: a terminal's driver sends these to its whole foreground group, CMD among them, and once is enough: a second
// Ctrl-C makes many programs give up without order. Nothing tells such a signal from one that somebody sent to us alone.
func sentByTerminal(s os.Signal) bool {
	return (s == syscall.SIGINT || s == syscall.SIGQUIT) && inForeground()
}

// inForeground: our group is the one that gets the signals of our terminal's keys.
func inForeground() bool {
	tty, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false // we have none
	}
	defer unix.Close(tty)
	group, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func exitCodeOf(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return signalBase + int(status.Signal())
	}
	return state.ExitCode()
}
