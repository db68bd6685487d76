package lockcore_test

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// fullSize gives a disk a size that is easy to fill.
const fullSize = "size=64k"

// privateMounts gives a child a mount namespace of its own, or returns nil if this user may not have one.
func privateMounts() *syscall.SysProcAttr {
	cmd := command("exit")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
	if cmd.Run() != nil {
		return nil
	}
	return cmd.SysProcAttr
}

// mountSmall needs a mount namespace of its own (CAP_SYS_ADMIN); elsewhere a limit of the file size stands in.
func mountSmall(dir string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	return unix.Mount("tmpfs", dir, "tmpfs", 0, fullSize)
}
