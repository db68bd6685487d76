//go:build unix

package notify

import (
	"os/exec"
	"syscall"
)

// endWithChildren makes the end of the context also kill the processes that the child started: beeep's fallbacks are programs that may
// hang.
func endWithChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
