package cli

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// newTerminal returns the user's end of a new pseudo-terminal, and the path of the program's end.
func newTerminal() (keyboard *os.File, path string, err error) {
	if keyboard, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, "", err
	}
	if err := unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return keyboard, "", err
	}
	n, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	return keyboard, fmt.Sprintf("/dev/pts/%d", n), err
}
