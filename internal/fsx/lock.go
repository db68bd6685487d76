package fsx

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// Locks are advisory and of the kind that today's iai-mcp daemons take on the guard: flock(2), and on Windows one byte at
// offset 0. A lock belongs to the open file, so that two goroutines exclude each other too, and ends with it, also when the
// process is killed.

// ErrLocked reports that somebody else has the lock now.
var ErrLocked = errors.New("taken by another program")

// lockRetry is the time between two attempts to take a lock; the daemon retries as often.
const lockRetry = 20 * time.Millisecond

// ErrNoLocks reports that this file system has no locks, as some network and user-space file systems.
var ErrNoLocks = errors.New("this file system has no locks")

// OpenLock opens the file to lock, and makes it, 0600, where it is missing. What is no regular file is refused (ErrNotRegular),
// also a symbolic link: where others can write, it could name any file.
func OpenLock(path string) (*os.File, error) { return Open(path, os.O_RDWR|os.O_CREATE, 0o600) }

// TryLock takes the lock or says at once that it is taken: ErrLocked. Other errors are *fs.PathError, also that of ErrNoLocks.
func TryLock(f *os.File) error { return lockError(f.Name(), tryLock(f)) }

// WaitLock takes the lock as soon as it is free, or gives an error that wraps ErrLocked and the context's when ctx ends. Where the
// file system has no locks, held is false and the error nil: nobody else can have this one either, and a change that is not kept
// apart from others is better than none.
func WaitLock(ctx context.Context, f *os.File) (held bool, err error) {
	for {
		err := TryLock(f)
		switch {
		case errors.Is(err, ErrNoLocks):
			return false, nil
		case !errors.Is(err, ErrLocked):
			return err == nil, err
		}
		select {
		case <-time.After(lockRetry):
		case <-ctx.Done():
			return false, errors.Join(err, ctx.Err())
		}
	}
}

// Unlock gives the lock back. Closing the file does too.
func Unlock(f *os.File) { unlock(f) }

// CheckLocks reports whether files in a directory can be locked: nil, or an error that wraps ErrNoLocks or is the system's. It
// makes no file and touches none that another program locks: it asks for a shared lock on the directory, for a moment. Windows
// has no locks on directories, and nothing is said there.
//
// Doubt: Linux locks a directory on NFS by itself, without the server, so that a server without locks is not noticed.
func CheckLocks(dir string) error { return lockError(dir, checkLocks(dir)) }

func lockError(path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: "lock", Path: path, Err: err}
}
