//go:build unix

package lockcore

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// openShared opens for reading what is believed to be a regular file: a pipe that took its place does not block, a
// symbolic link is refused.
func openShared(path string) (*os.File, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err == nil {
			// Blocking again: os.File would otherwise offer a regular file to the poller, in vain.
			_ = unix.SetNonblock(fd, false)
			return os.NewFile(uintptr(fd), path), nil
		}
		if err != unix.EINTR {
			return nil, &os.PathError{Op: "open", Path: path, Err: err}
		}
	}
}

func isTimeout(err error) bool { return errors.Is(err, unix.ETIMEDOUT) }

// isEvicted: reading a file whose content is in the cloud fails so where the process may not fetch it (macOS).
func isEvicted(err error) bool { return errors.Is(err, unix.EDEADLK) }

func isLoop(err error) bool { return errors.Is(err, unix.ELOOP) }

// syncDir makes a rename or link in dir last over a power cut. Not every file system can; what it did is done all the same.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
