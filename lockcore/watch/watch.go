// Package watch follows stores: hints (file events, the end of a process, a timer) lead to a look, looks to changes.
// It promises that the state it last reported is the state of the last look, and that a look follows every hint.
package watch

import (
	"context"
	"time"

	"lockbar/lockcore"
)

// Change is one event of one store, in the order in which it was seen.
type Change struct {
	Store    int // index in Config.Stores
	At       time.Time
	Event    lockcore.Event
	From, To lockcore.Snapshot // From is zero for the first
}

// Config says what is watched. Emit is called by one goroutine, in order; while it runs, nothing is looked at.
type Config struct {
	Stores []*lockcore.Store
	Poll   time.Duration // 0 is PollInterval
	Emit   func(Change)
}

// Run watches until ctx ends and gives nil then. An error says that it could not start.
func Run(ctx context.Context, c Config) error { panic("being written") }
