package service

import (
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/windows"

	"lockbar/internal/machine"
)

// CanStop is false here: what `schtasks /End` does is no orderly stop.
const CanStop = false

// system is the task scheduler. A name is the path of a task below its root folder.
var system = manager{
	find: func(command string) (pid int, active bool) {
		return taskProcess(machine.Table(func(string) bool { return true }), command)
	},
	start:  []string{"schtasks", "/Run", "/TN", `\`},
	launch: 15 * time.Second, // cmd.exe begins before the daemon
	settle: time.Second,      // a launcher is there before what it launches
}

// quiet has a program open no window.
func quiet(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
}
