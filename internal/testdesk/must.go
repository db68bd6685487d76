//go:build linux

package testdesk

import (
	"context"
	"testing"
	"time"
)

// patience bounds a wait for an event. Only a failing test uses it up, so it is
// generous: CI machines stall for seconds.
const patience = 20 * time.Second

// Deadline returns a context for one wait, or for several that together take
// less than patience. It ends with the test, or after patience.
func Deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// Must unwraps the two results of a call or fails the test:
//
//	item := testdesk.Must(watcher.WaitItem(ctx))(t)
func Must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
