package lockcore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"lockbar/internal/filelock"
)

// GuardTimeout is how long a change waits for the guard; the daemon waits as long.
const GuardTimeout = 10 * time.Second

// withGuard runs change while this process has the advisory lock on <lock>.guard, which today's daemons take too. The
// file stays for ever: deleting it would give two holders two files.
func (s *Store) withGuard(ctx context.Context, change func() error) error {
	f, err := os.OpenFile(s.path(guardName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("lockcore: guard: %w", err)
	}
	defer f.Close()
	if err := waitGuard(ctx, f); err != nil {
		return err
	}
	defer filelock.Release(f)
	s.sweep()
	return change()
}

func waitGuard(ctx context.Context, f *os.File) error {
	ctx, cancel := context.WithTimeout(ctx, GuardTimeout)
	defer cancel()
	err := filelock.Wait(ctx, f)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, filelock.ErrTaken):
		return fmt.Errorf("%w: %w", ErrGuardBusy, err)
	}
	return fmt.Errorf("lockcore: guard: %w", err)
}
