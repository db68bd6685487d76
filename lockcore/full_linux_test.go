package lockcore_test

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// fullSize is the mount option for a disk that is small enough to fill.
const fullSize = "size=64k"

// privateMounts returns the attributes that give a child a mount namespace of its own, or nil if this user may not have one.
func privateMounts() *syscall.SysProcAttr {
	cmd := command("exit")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
	if cmd.Run() != nil {
		return nil
	}
	return cmd.SysProcAttr
}

// mountSmall mounts a small disk on dir, in a mount namespace of this process. If it fails, a limit of the file size stands in.
func mountSmall(dir string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	return unix.Mount("tmpfs", dir, "tmpfs", 0, fullSize)
}
