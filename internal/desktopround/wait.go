//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

const (
	// patience bounds a wait that something else will end: CI machines stall.
	patience = 20 * time.Second
	// atOnce is how soon a change must be seen. The slow poll, which would hide
	// a lost event, comes after 30 s; what is measured here on two busy cores is
	// below 0.1 s.
	atOnce = 15 * time.Second
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
