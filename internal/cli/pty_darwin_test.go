package cli

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// newTerminal returns the user's end of a new pseudo-terminal, and the path of the program's end. It does the work of grantpt(3),
// unlockpt(3) and ptsname(3).
func newTerminal() (keyboard *os.File, path string, err error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, "", err
	}
	keyboard = os.NewFile(uintptr(fd), "/dev/ptmx")
	for _, request := range []uint{unix.TIOCPTYGRANT, unix.TIOCPTYUNLK} {
		if err := unix.IoctlSetInt(fd, request, 0); err != nil {
			return keyboard, "", err
		}
	}
	var name [128]byte // the size that is encoded in TIOCPTYGNAME
	//lint:ignore SA1019 golang.org/x/sys has no call for an ioctl with a buffer
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TIOCPTYGNAME, uintptr(unsafe.Pointer(&name))); errno != 0 {
		return keyboard, "", errno
	}
	return keyboard, unix.ByteSliceToString(name[:]), nil
}
