// Package filelock takes advisory locks on open files, one twin per system: the kind that today's iai-mcp daemons take on
// the guard, flock(2) and on Windows one byte at offset 0. A lock belongs to the open file, so that two goroutines exclude
// each other too, and ends with it, also when the process is killed.
package filelock

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"lockbar/internal/fsx"
)

// ErrTaken: somebody else has the lock now.
var ErrTaken = errors.New("taken by another program")

// retry is how often a lock is asked for; the daemon retries as often.
const retry = 20 * time.Millisecond

// ErrNoLocks: this file system has no locks, as some network and user-space file systems.
var ErrNoLocks = errors.New("this file system has no locks")

// Open opens the file to lock, and makes it, 0600, where it is missing. What is no regular file is refused (fsx.ErrNotRegular),
// also a symbolic link: where others can write, it could name any file.
func Open(path string) (*os.File, error) { return fsx.Open(path, os.O_RDWR|os.O_CREATE, 0o600) }

// Try takes the lock or says at once that it is taken: ErrTaken. Other errors are *fs.PathError, also that of ErrNoLocks.
func Try(f *os.File) error { return pathError(f.Name(), try(f)) }

// Wait takes the lock as soon as it is free, or gives an error that wraps ErrTaken and the context's when ctx ends. Where the
// file system has no locks, held is false and the error nil: nobody else can have this one either, and a change that is not kept
// apart from others is better than none.
func Wait(ctx context.Context, f *os.File) (held bool, err error) {
	for {
		err := Try(f)
		switch {
		case errors.Is(err, ErrNoLocks):
			return false, nil
		case !errors.Is(err, ErrTaken):
			return err == nil, err
		}
		select {
		case <-time.After(retry):
		case <-ctx.Done():
			return false, errors.Join(err, ctx.Err())
		}
	}
}

// Release gives the lock back. Closing the file does too.
func Release(f *os.File) { release(f) }

// Check reports whether files in a directory can be locked: nil, or an error that wraps ErrNoLocks or is the system's. It makes no
// file and touches none that another program locks: it asks for a shared lock on the directory, for a moment. Windows has no
// locks on directories, and nothing is said there.
//
// Doubt: Linux locks a directory on NFS by itself, without the server, so that a server without locks is not noticed.
func Check(dir string) error { return pathError(dir, check(dir)) }

func pathError(path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: "lock", Path: path, Err: err}
}
