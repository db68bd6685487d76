//go:build unix

package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

const noFollow = unix.O_NOFOLLOW

// try is flock(2), not fcntl(2), whose locks a process loses when it closes any descriptor of the file.
func try(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrTaken
		case errors.Is(err, unix.EINTR):
			continue
		}
		return err
	}
}

func release(f *os.File) { _ = unix.Flock(int(f.Fd()), unix.LOCK_UN) }
