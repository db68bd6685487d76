package service

import (
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/windows"

	"lockbar/internal/machine"
)

// CanStop is false, since `schtasks /End` is not an orderly stop.
const CanStop = false

// system is the task scheduler. The name of a service is the path of a task below the root folder.
var system = manager{
	find: func(command string) (pid int, active bool) {
		return taskProcess(machine.Table(func(string) bool { return true }), command)
	},
	start:  []string{"schtasks", "/Run", "/TN", `\`},
	launch: 15 * time.Second, // cmd.exe starts before the daemon
	settle: time.Second,      // a launcher of Python starts before the daemon
}

// quiet keeps a program from opening a window.
func quiet(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
}
