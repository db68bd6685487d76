package lockcore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

const (
	// GuardTimeout is how long a change waits for the guard; the daemon waits as long.
	GuardTimeout = 10 * time.Second
	guardRetry   = 20 * time.Millisecond // as the daemon retries
)

// errGuardTaken: somebody else has the guard now.
var errGuardTaken = errors.New("taken")

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
	defer releaseGuard(f)
	s.sweep()
	return change()
}

func waitGuard(ctx context.Context, f *os.File) error {
	ctx, cancel := context.WithTimeout(ctx, GuardTimeout)
	defer cancel()
	for {
		err := tryGuard(f)
		if err == nil {
			return nil
		}
		if !errors.Is(err, errGuardTaken) {
			return fmt.Errorf("lockcore: guard: %w", &fs.PathError{Op: "lock", Path: f.Name(), Err: err})
		}
		select {
		case <-time.After(guardRetry):
		case <-ctx.Done():
			return fmt.Errorf("%w: %s: %w", ErrGuardBusy, f.Name(), ctx.Err())
		}
	}
}
