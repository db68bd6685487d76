package lockcore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"lockbar/internal/fsx"
)

// GuardTimeout bounds how long a change waits for the guard. A daemon that takes the guard waits as long.
const GuardTimeout = 10 * time.Second

// withGuard runs change while this process has the guard: the advisory lock on <lock>.guard, which some daemons take too. If the file
// system has no locks, change runs without it. withGuard never deletes the file: two processes could then lock two files.
func (s *Store) withGuard(ctx context.Context, change func() error) error {
	f, held, err := s.takeGuard(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	if held {
		defer fsx.Unlock(f)
		s.sweep(0)
	} else {
		s.sweep(unguardedAge)
	}
	return change()
}

// underGuard does what withGuard does, for a change with a result.
func underGuard[T any](ctx context.Context, s *Store, change func() (T, error)) (result T, err error) {
	err = s.withGuard(ctx, func() (err error) {
		result, err = change()
		return err
	})
	return result, err
}

// unguardedAge is the age from which a leftover is removed if the file system has no locks. A younger one may belong to a running
// change; a change takes this long only if the system does not answer.
const unguardedAge = time.Minute

// takeGuard opens and locks the guard. It retries if the file that it has locked is no longer the guard: the store was created again
// meanwhile, or its path leads to another store.
func (s *Store) takeGuard(ctx context.Context) (f *os.File, held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, GuardTimeout)
	defer cancel()
	for range changeTries {
		f, err := fsx.OpenLock(s.path(GuardName))
		if err != nil {
			return nil, false, fmt.Errorf("lockcore: guard: %w", err)
		}
		s.step("guard-opened")
		held, err := waitGuard(ctx, f)
		if err == nil && isAtItsPath(f) {
			return f, held, nil
		}
		f.Close()
		if err != nil {
			return nil, false, err
		}
	}
	return nil, false, fmt.Errorf("lockcore: guard: %s keeps changing", s.path(GuardName))
}

// isAtItsPath reports whether the path of an open file still leads to that file.
func isAtItsPath(f *os.File) bool {
	open, errOpen := f.Stat()
	named, errNamed := os.Lstat(f.Name())
	return errOpen == nil && errNamed == nil && os.SameFile(open, named)
}

// waitGuard locks the guard file. held is false if the file system has no locks.
func waitGuard(ctx context.Context, f *os.File) (held bool, err error) {
	held, err = fsx.WaitLock(ctx, f)
	switch {
	case err == nil:
		return held, nil
	case errors.Is(err, fsx.ErrLocked):
		return false, fmt.Errorf("%w: %w", ErrGuardBusy, err)
	}
	return false, fmt.Errorf("lockcore: guard: %w", err)
}
