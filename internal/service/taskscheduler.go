package service

import (
	"slices"
	"strings"

	"lockbar/internal/machine"
)

// The task scheduler of Windows says in the user's language that a task runs, and not which process that is. The process table shows it: the
// scheduler's own process, a svchost.exe, is the parent.

// console is the program that Windows starts beside one that has no window.
const console = "conhost.exe"

// taskProcess finds what a task runs that has this command: the command, or what cmd.exe runs for it, and not the launcher of Python but
// what that has launched. pid is 0 while only cmd.exe is there.
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

// mentions reports whether a command line has a path in it, which cmd.exe gets in quotation marks of its own.
func mentions(args []string, path string) bool {
	return strings.Contains(strings.ToLower(strings.Join(args, " ")), strings.ToLower(path))
}

// isScheduler reports whether a process is the task scheduler. It ignores which process started first: the scheduler lives as long as
// Windows, and the clock may have been ahead when it started.
func isScheduler(table []machine.Entry, pid int) bool {
	return slices.ContainsFunc(table, func(e machine.Entry) bool { return e.PID == pid && strings.EqualFold(e.Name, "svchost.exe") })
}
