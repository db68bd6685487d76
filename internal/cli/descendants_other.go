//go:build unix && !linux

package cli

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// lastSignal is SIGUSR2. For a signal above its table, signal.Ignored panics.
const lastSignal = 31

// dieWith does nothing: only Linux can do it (PR_SET_PDEATHSIG).
func dieWith(attr *syscall.SysProcAttr, _ syscall.Signal) *syscall.SysProcAttr { return attr }

// adoptOrphans does nothing: only Linux can do it for all descendants. Here CMD's group ends with a killed run.
func adoptOrphans() {}

// renameProcess does nothing: only Linux lets a process do it.
func renameProcess() {}

// endDescendants kills the group of CMD.
func endDescendants(group int, _ func(pid int) bool) (left []int) {
	if group == 0 {
		group = unix.Getpgrp() // this ends lockbar too
	}
	_ = unix.Kill(-group, unix.SIGKILL)
	return nil
}

// parentOf knows only our own parent.
func parentOf(pid int) (parent int, known bool) { return os.Getppid(), pid == os.Getpid() }
