// Package watch follows stores: hints (file events, the end of a process, a timer) lead to a look, looks to changes.
//
// What is promised: the state last reported is that of the last look; a look follows every hint, at once or SettleTime after
// the look before; whatever no hint tells is seen with the poll. What it must not know: words, icons, notifications.
package watch

import (
	"context"
	"time"

	"lockbar/lockcore"
)

const (
	// PollInterval is the truth; hints only make it quick.
	PollInterval = 30 * time.Second
	// BlindInterval is the poll where it is known that no file events arrive.
	BlindInterval = 5 * time.Second
)

// Change is one event of one store, in the order in which it was seen.
type Change struct {
	Store int // index in Config.Stores
	At    time.Time
	// Event is lockcore.NoEvent where nothing happened that is worth a line, but To has other bytes or words than before.
	Event    lockcore.Event
	From, To lockcore.Snapshot // From is zero for the first
}

// Config says what is watched. Emit is called by one goroutine, in order; while it runs, nothing is looked at.
type Config struct {
	Stores []*lockcore.Store
	Poll   time.Duration // 0 is PollInterval
	Emit   func(Change)
}

// Run watches until ctx ends and gives nil then. Where file events cannot be had it polls.
func Run(ctx context.Context, c Config) error {
	if c.Poll == 0 {
		c.Poll = PollInterval
	}
	l := newLoop(ctx, c)
	defer l.close()
	l.run()
	return nil
}
