//go:build unix

package lockcore

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// tryGuard is flock(2), not fcntl(2): the daemon uses it, and it belongs to the open file, so that two goroutines exclude
// each other too.
func tryGuard(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EWOULDBLOCK):
			return errGuardTaken
		case errors.Is(err, unix.EINTR):
			continue
		}
		return err
	}
}

func releaseGuard(f *os.File) { _ = unix.Flock(int(f.Fd()), unix.LOCK_UN) }
