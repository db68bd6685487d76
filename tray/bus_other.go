//go:build !unix || darwin

package tray

import (
	"context"
	"time"
)

// bus stands in for the session bus, which this system's tray does not use.
type bus struct{}

func openBus(context.Context, logs) (*bus, error) { return nil, nil }
func (*bus) Close() error                         { return nil }

// tellsPanels is false: these systems always have a place for icons.
const tellsPanels = false

func (*bus) watch(context.Context, context.CancelCauseFunc, chan<- struct{}, chan<- bool, time.Duration) {
}
