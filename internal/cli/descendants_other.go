//go:build unix && !linux

package cli

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// lastSignal is SIGUSR2. signal.Ignored panics for a larger number, which is not in its table.
const lastSignal = 31

// dieWith does nothing: macOS has no PR_SET_PDEATHSIG.
func dieWith(attr *syscall.SysProcAttr, _ syscall.Signal) *syscall.SysProcAttr { return attr }

// adoptOrphans does nothing: macOS cannot make a process the parent of orphans. So a killed run ends only CMD's group.
func adoptOrphans() {}

// renameProcess does nothing: macOS lets no process change its name.
func renameProcess() {}

// endDescendants kills CMD's group. If group is 0, the minder could not leave that group, and dies with it.
func endDescendants(group int, _ func(pid int) bool) (left []int) {
	if group == 0 {
		group = unix.Getpgrp()
	}
	_ = unix.Kill(-group, unix.SIGKILL)
	return nil
}

// parentOf knows only our own parent.
func parentOf(pid int) (parent int, known bool) { return os.Getppid(), pid == os.Getpid() }
