package service

import (
	"slices"
	"strings"

	"lockbar/internal/machine"
)

// The Windows task scheduler reports a running task only in the user's language, and does not name the task's process. So this file
// looks in the process table for a child of the scheduler's process, a svchost.exe.

// console is the program that Windows starts beside cmd.exe, for its console.
const console = "conhost.exe"

// taskProcess finds the process of a task with this command. For cmd.exe it returns the process that cmd.exe has started, and a pid of 0
// until there is one. For a launcher of Python it returns the launched process.
func taskProcess(table []machine.Entry, command string) (pid int, active bool) {
	at := slices.IndexFunc(table, func(e machine.Entry) bool {
		return command != "" && mentions(e.Args, command) && isScheduler(table, e.Parent)
	})
	active = at >= 0
	for at >= 0 {
		e := table[at]
		isShell := strings.EqualFold(e.Name, "cmd.exe")
		if pid = e.PID; isShell {
			pid = 0
		}
		at = slices.IndexFunc(table, func(child machine.Entry) bool {
			isProgram := isShell && e.Started(child) && !strings.EqualFold(child.Name, console)
			return child.PID != e.PID && (isProgram || e.Launches(child))
		})
	}
	return pid, active
}

// mentions reports whether a command line contains a path, which may be in quotation marks for cmd.exe.
func mentions(args []string, path string) bool {
	return strings.Contains(strings.ToLower(strings.Join(args, " ")), strings.ToLower(path))
}

// isScheduler reports whether a process is a svchost.exe, as the task scheduler is. It ignores which process started first: the scheduler
// lives as long as Windows, and the clock may have been ahead when it started.
func isScheduler(table []machine.Entry, pid int) bool {
	return slices.ContainsFunc(table, func(e machine.Entry) bool { return e.PID == pid && strings.EqualFold(e.Name, "svchost.exe") })
}
