package lockcore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"lockbar/internal/fsx"
)

// GuardTimeout is how long a change waits for the guard; the daemon waits as long.
const GuardTimeout = 10 * time.Second

// withGuard runs change while this process has the advisory lock on <lock>.guard, which today's daemons take too. The
// file stays for ever: deleting it would give two holders two files.
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

// unguardedAge is how old a leftover must be to be cleared where the file system has no locks, so that somebody may still be at work
// on it: no change takes as long.
const unguardedAge = time.Minute

// takeGuard begins anew where the file that it waited for is not the guard any more: the store was made anew meanwhile, or its
// path leads to another one.
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
		if err == nil && isStill(f) {
			return f, held, nil
		}
		f.Close()
		if err != nil {
			return nil, false, err
		}
	}
	return nil, false, fmt.Errorf("lockcore: guard: %s keeps changing", s.path(GuardName))
}

// isStill reports whether the open file is what its path names.
func isStill(f *os.File) bool {
	open, errOpen := f.Stat()
	named, errNamed := os.Lstat(f.Name())
	return errOpen == nil && errNamed == nil && os.SameFile(open, named)
}

// waitGuard reports whether the guard is held, which it is not where the file system has no locks.
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
