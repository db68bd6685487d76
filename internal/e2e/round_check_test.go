//go:build linux

package e2e

import (
	"context"
	"fmt"
	"io"
	"time"
)

const (
	// patience bounds a wait. It is generous, because CI machines stall.
	patience = 20 * time.Second
	// checkInterval is the interval at which a condition without an event is checked.
	checkInterval = 20 * time.Millisecond
)

// until calls look until it returns nil. After the limit, or once ctx has ended, it returns the last error of look.
func until(ctx context.Context, limit time.Duration, look func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(checkInterval)
	defer ticker.Stop()
	for {
		err := look()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (waited for %v)", err, limit)
		case <-ticker.C:
		}
	}
}

// checklist prints one line per check and counts the results.
type checklist struct {
	out            io.Writer
	step           string
	passed, failed int
}

// check runs one check, and prints its result and duration. The duration shows
// whether an event or a poll caused the change.
func (r *checklist) check(name string, look func() error) error {
	began := time.Now()
	err := look()
	if err != nil {
		r.failed++
		fmt.Fprintf(r.out, "FAIL %s: %s: %v\n", r.step, name, err)
		return err
	}
	r.passed++
	fmt.Fprintf(r.out, "ok   %s: %s (%v)\n", r.step, name, time.Since(began).Round(time.Millisecond))
	return nil
}

func (r *checklist) close() error {
	fmt.Fprintf(r.out, "%d passed, %d failed\n", r.passed, r.failed)
	if r.failed > 0 {
		return errFailed
	}
	return nil
}
