package service

import (
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/windows"

	"lockbar/internal/machine"
)

// CanStop is false: what `schtasks /End` does is no orderly stop.
const CanStop = false

// launchTime is how long a service that was started may take to have a process: cmd.exe begins before the daemon.
const launchTime = 15 * time.Second

// settleTime is how long a service must have one and the same process to be started: a launcher is there before what it launches.
const settleTime = time.Second

// system is the task scheduler. A name is the path of a task below its root folder.
var system = manager{
	find: func(command string) (pid int, active bool) {
		return taskProcess(machine.Table(func(string) bool { return true }), command)
	},
	start: []string{"schtasks", "/Run", "/TN", `\`},
}

// quiet has a program open no window.
func quiet(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
}
