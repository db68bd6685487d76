package fsx

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// Locks are advisory. They are of the kind that some iai-mcp daemons take on the guard of a store: flock(2), and on Windows one byte at
// offset 0. A lock belongs to the open file. So two goroutines that each open the file exclude each other too, and a lock ends when
// its file is closed or its process is killed.

// ErrLocked means that somebody else has the lock now.
var ErrLocked = errors.New("taken by another program")

// lockRetry is the time between two attempts to take a lock. Those daemons retry as often.
const lockRetry = 20 * time.Millisecond

// ErrNoLocks means that the file system has no locks; some network and user-space file systems have none.
var ErrNoLocks = errors.New("this file system has no locks")

// OpenLock opens the file to lock, and creates it, 0600, if it is missing. It refuses anything but a regular file (ErrNotRegular),
// even a symbolic link: where others can write, a link could lead to any file.
func OpenLock(path string) (*os.File, error) { return Open(path, os.O_RDWR|os.O_CREATE, 0o600) }

// TryLock takes the lock, without waiting. Its errors are *fs.PathError. The error wraps ErrLocked if somebody else has the lock, and
// ErrNoLocks if the file system has no locks.
func TryLock(f *os.File) error { return lockError(f.Name(), tryLock(f)) }

// WaitLock takes the lock as soon as it is free. If ctx ends first, it returns an error that wraps ErrLocked and the context's
// error. If the file system has no locks, it returns false and no error: nobody else can have the lock either, and a change without
// exclusion is better than none.
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

// Unlock releases the lock, as closing the file does.
func Unlock(f *os.File) { unlock(f) }

// CheckLocks returns nil if files in a directory can be locked, else an error that wraps ErrNoLocks or the system's error. It creates
// no file and touches none that another program locks: it takes a shared lock on the directory for a moment. Windows has no locks
// on directories; there it returns nil for any path that exists.
//
// Doubt: Linux locks a directory on NFS by itself, without the server, so a server without locks goes unnoticed.
func CheckLocks(dir string) error { return lockError(dir, checkLocks(dir)) }

func lockError(path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: "lock", Path: path, Err: err}
}
