//go:build unix

package fsx

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// tryLock uses flock(2), not fcntl(2), whose locks a process loses when it closes any descriptor of the file.
func tryLock(f *os.File) error { return flock(int(f.Fd()), unix.LOCK_EX) }

// flock distinguishes a lock that is taken from a system without locks. ENOLCK means that the lock service of NFS does
// not run; the other errors come from file systems and kernels without flock.
func flock(fd, how int) error {
	_, err := retry(func() (int, error) { return 0, unix.Flock(fd, how|unix.LOCK_NB) })
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		return ErrLocked
	case errors.Is(err, unix.ENOLCK), errors.Is(err, errors.ErrUnsupported): // ENOSYS, EOPNOTSUPP, ENOTSUP
		return ErrNoLocks
	}
	return err
}

// checkLocks tries to take a shared lock on the directory. If another program holds an exclusive lock, the file system has locks.
func checkLocks(dir string) error {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := flock(fd, unix.LOCK_SH); !errors.Is(err, ErrLocked) {
		return err
	}
	return nil
}

func unlock(f *os.File) { _ = unix.Flock(int(f.Fd()), unix.LOCK_UN) }
