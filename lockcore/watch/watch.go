// Package watch follows stores: hints (file events, the end of a process, a timer) lead to a look, looks to changes.
//
// What is promised: the state last reported is that of the last look; a look follows every hint, at once or SettleTime after
// the look before; whatever no hint tells is seen with the poll. A store whose reads hang is reported as such and delays no
// other. What it must not know: words, icons, notifications.
//
// What is watched is the store, which says itself that it was moved or removed, with its .lockbar, where other machines write what they
// know; and while the store is missing the last directory on the way that is there; besides, directories that hold a link on the
// way. So what happens elsewhere in a home directory costs nothing, and a directory above the store that is renamed is seen with
// the poll.
//
// A state is reported when it is seen, an event when it is known. The daemons of today take a store over by delete and create,
// and sync engines bring the two apart. So the event of a lock that goes waits for what follows, for TakeoverTime at most: the
// lock of another machine that comes in that time makes one taken-over of the two, and the same lock makes nothing of them.
package watch

import (
	"context"
	"time"

	"lockbar/lockcore"
)

const (
	// PollInterval is the truth; hints only make it quick.
	PollInterval = 30 * time.Second
	// BlindInterval is the poll of a store where it is known that not all file events arrive, or whose reads hang.
	BlindInterval = 5 * time.Second
	// TakeoverTime limits how long the event of a lock that went waits for the lock that takes its place. A daemon writes its
	// own milliseconds after it deleted the other one, but sync engines deliver the delete and the create apart, by seconds.
	TakeoverTime = 10 * time.Second
)

// Change is one event of one store, in the order in which it was seen.
type Change struct {
	Store int // index in Config.Stores
	At    time.Time
	// Event is NoEvent where nothing happened that is worth a line, but To has other bytes or words than before, or
	// Newest is another one, and where the event waits.
	Event Event
	// From is what the event before this one led to, To what holds now. Without an event From is what was reported before.
	// At the first look From is what the process before saw last (Config.Before), or zero.
	From, To lockcore.Snapshot
	// Since is when the lock was found gone, where the event of that waits for what follows, or waited until now; else zero.
	Since time.Time
	// Newest is the newest of our own changes of the lock, as it was known when the store could last be read.
	Newest lockcore.Backup
	// Cause is the change of ours that led to the event; zero for none. Each one leads to one event.
	Cause lockcore.Backup
	// Memory is what is remembered of the store after this.
	Memory lockcore.Memory
	// Away reports that it may have happened while nobody looked: between two processes, or while the machine slept.
	Away bool
}

// Waits reports whether the lock is gone and the event of that is still to come: within TakeoverTime, alone or as part of what
// follows, or never where the same lock comes back.
func (c Change) Waits() bool { return c.Event == NoEvent && !c.Since.IsZero() }

// Config says what is watched. Emit, Glimpse and Health are called by one goroutine, in order; while they run, no other look begins.
type Config struct {
	Stores []*lockcore.Store
	// Memories is, by store, what an earlier watcher remembered, as lockcore.Memory.Revive gives it; nil for nothing.
	// A memory's LastLock is also the last lock that the process of Before saw.
	Memories []lockcore.Memory
	// Before is, by store, what the process before this one saw last; nil and zero for nothing. The first look is compared with it
	// and reported as what happened since. Else the first event is Initial.
	Before []lockcore.Snapshot
	// Keep cuts a look to what Before can hold: the first look is compared in that form. Nil keeps all.
	Keep func(lockcore.Snapshot) lockcore.Snapshot
	Poll time.Duration // 0 is PollInterval
	Emit func(Change)
	// Glimpse is told a state to show until the next Change or Glimpse of that store: the one that a new lock and its holder make, while
	// the rest of the look is under way, or again the one before, if the look led to no Change. It may be nil.
	Glimpse func(store int, state lockcore.State)
	// Health is told after the first look at a store, and when it changes. It may be nil.
	Health func(store int, h Health)
	// Woke receives a hint when the machine woke, where the caller hears of it (macOS, where timers stand still in sleep and
	// nothing else tells); all stores are looked at then. It may be nil.
	Woke <-chan struct{}
}

// Run watches until ctx ends and gives nil then. Where file events cannot be had it polls. An event that waits when ctx ends is
// not told; whoever gives the last look that was told to the next Run finds it there.
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
	run(ctx, c, stores(c), realSystem())
	return nil
}
