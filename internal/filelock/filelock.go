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
)

// ErrTaken: somebody else has the lock now.
var ErrTaken = errors.New("taken by another program")

// retry is how often a lock is asked for; the daemon retries as often.
const retry = 20 * time.Millisecond

// Open opens the file to lock, and makes it, 0600, where it is missing. On Unix a symbolic link in its place is refused: where
// others can write, it could name any file. On Windows, where making one takes a privilege, it is followed.
func Open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|noFollow, 0o600)
}

// Try takes the lock or says at once that it is taken: ErrTaken. Other errors are *fs.PathError.
func Try(f *os.File) error { return pathError(f, try(f)) }

// Wait takes the lock as soon as it is free, or gives an error that wraps ErrTaken and the context's when ctx ends.
func Wait(ctx context.Context, f *os.File) error {
	for {
		err := Try(f)
		if !errors.Is(err, ErrTaken) {
			return err
		}
		select {
		case <-time.After(retry):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

// Release gives the lock back. Closing the file does too.
func Release(f *os.File) { release(f) }

func pathError(f *os.File, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: "lock", Path: f.Name(), Err: err}
}
