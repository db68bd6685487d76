package cli

import (
	"os/exec"
	"syscall"
)

// dieWithUs has the kernel kill CMD when we are killed: it must not go on writing without the lock's holder.
func dieWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
