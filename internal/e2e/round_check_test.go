//go:build linux

package e2e

import (
	"context"
	"fmt"
	"io"
	"time"
)

const (
	// patience bounds a wait that something else will end: CI machines stall.
	patience = 20 * time.Second
	// lookAgain is how often a condition without an event is looked at.
	lookAgain = 20 * time.Millisecond
)

// until looks until look is content; its last complaint becomes the error.
func until(ctx context.Context, limit time.Duration, look func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		err := look()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (waited for %v)", err, limit)
		case <-again.C:
		}
	}
}

// checklist prints one line per check and counts.
type checklist struct {
	out            io.Writer
	step           string
	passed, failed int
}

// check runs one check and says how it went and how long it took, which tells
// an event from a poll that came to its rescue.
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
