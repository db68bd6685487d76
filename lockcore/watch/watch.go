// Package watch follows stores. A hint (a file event, the end of a process, a timer) leads to a look at the store, and a look leads to
// the changes that it shows.
//
// It promises: the state last reported is that of the last look, except a look that may show one step of two, which is rechecked after
// SettleTime; a look follows every hint, at once or SettleTime after the look before; the poll finds whatever no hint announces. A store
// whose reads hang is reported as such and delays no other. The package must not know words, icons or notifications.
//
// It watches the store and its .lockbar, where other machines write what they know. The store's own watch also reports that the store
// was moved or removed. While the store is missing, the last existing directory on the way to it is watched instead. Directories that
// hold a link on the way are watched too. If such a directory above the store has too many events, it is only polled for a while. No other
// directory above the store is watched: events there cost nothing, but only the poll finds that one was renamed.
//
// A state is reported when it is seen, an event when it is certain. The daemons of today take a store over by delete and create,
// and sync engines deliver the two separately. So the event of a lock that disappears waits for TakeoverTime at most: if the lock of
// another machine appears in that time, the two become one taken-over event; if the same lock returns, there is no event.
package watch

import (
	"context"
	"time"

	"lockbar/lockcore"
)

const (
	// PollInterval bounds how stale a report can be; events only reduce latency.
	PollInterval = 30 * time.Second
	// BlindInterval is the poll interval of a store with a Health.Problem, whose file events may be incomplete.
	BlindInterval = 5 * time.Second
	// TakeoverTime limits how long the event of a lock that disappeared waits for the lock that takes its place. A daemon writes its
	// own lock milliseconds after it deletes the other, but sync engines deliver the delete and the create seconds apart.
	TakeoverTime = 10 * time.Second
)

// Change reports an event of one store, or, without an event, that To or Newest changed.
type Change struct {
	Store int       // index in Config.Stores
	At    time.Time // when the look that shows it ended, or was reported as overdue
	// Event is NoEvent while an event waits, and if To or Newest changed but nothing happened that is worth reporting.
	Event Event
	// From is the look before, To the present one. If the event waited, From is the look before the lock was found gone. If its wait
	// ends because of a Change that follows at the same time, To is the last look that found the lock gone.
	// At the first look From is the last look of the previous process (Config.Before), or zero.
	From, To lockcore.Snapshot
	// Since is the time the lock was found gone, if its event is or was delayed; otherwise zero.
	Since time.Time
	// Newest is the newest of our own changes of the lock, as read when the store was last readable; zero if there was none, or the backups
	// could not be read.
	Newest lockcore.Backup
	// Cause is our own change of the lock that led to the event; zero for none. Each such change is the cause of at most one event.
	Cause lockcore.Backup
	// Memory is the memory of the store after this change.
	Memory lockcore.Memory
	// Away reports that the event may have happened while nobody watched: between two processes, or while the machine slept.
	Away bool
}

// Waits reports whether the lock is gone and its event is delayed. The event follows within TakeoverTime, alone or as part of another
// event. If the same lock comes back, no event follows.
func (c Change) Waits() bool { return c.Event == NoEvent && !c.Since.IsZero() }

// Config holds the stores to watch and the functions that receive the reports. Emit, Glimpse and Health are called by one goroutine,
// in order; while they run, no other look begins.
type Config struct {
	Stores []*lockcore.Store
	// Memories holds, by store, the memory of an earlier watcher, as lockcore.Memory.Revive returns it; nil for none.
	// A memory's LastLock is also the last lock that the process of Before saw.
	Memories []lockcore.Memory
	// Before holds, by store, the last look of the previous process; nil and zero for none. The first look is compared with it
	// and reported as what happened since. Without it the first event is Initial.
	Before []lockcore.Snapshot
	// Keep reduces a look to the fields that Before stores, so that the first look can be compared with it. If nil, nothing is removed.
	Keep func(lockcore.Snapshot) lockcore.Snapshot
	Poll time.Duration // 0 means PollInterval
	Emit func(Change)
	// Glimpse receives a state to show until the next Change or Glimpse of that store. While a look is under way, it is the state that a
	// new lock and its holder show. If that look leads to no Change, it is the previous state again. Glimpse may be nil.
	Glimpse func(store int, state lockcore.State)
	// Health is called after the first look at a store, and when its health changes. It may be nil.
	Health func(store int, h Health)
	// Woke delivers a value when the machine or its screen wakes, on systems where the caller is notified (macOS, where timers stand still
	// in sleep and nothing else reports it); all stores are then rechecked. It may be nil.
	Woke <-chan struct{}
}

// Run watches until ctx ends, and then returns nil. Without file events it relies on the poll. An event that waits when ctx ends is
// not reported; the next Run reports it if its Before is the To of the last reported event.
func Run(ctx context.Context, c Config) error {
	if c.Poll == 0 {
		c.Poll = PollInterval
	}
	if c.Keep == nil {
		c.Keep = func(s lockcore.Snapshot) lockcore.Snapshot { return s }
	}
	if c.Health == nil {
		c.Health = func(int, Health) {}
	}
	if c.Glimpse == nil {
		c.Glimpse = func(int, lockcore.State) {}
	}
	var stores []store
	for _, s := range c.Stores {
		stores = append(stores, s)
	}
	run(ctx, c, stores, realSystem())
	return nil
}
