package watch

import (
	"time"

	"lockbar/lockcore"
)

// hold is the event of a lock that went: it waits for what follows, at most for TakeoverTime.
type hold struct {
	since time.Time         // when the lock was found gone; zero: nothing waits
	told  lockcore.Snapshot // what the last event that was told led to
	last  lockcore.Backup   // the newest of our own changes when the lock was found gone
}

// told returns what the last event led to, which may be one of the process before. It differs from what is shown only at the
// first look, and while an event waits.
func (f *follower) told() lockcore.Snapshot {
	switch {
	case !f.held.since.IsZero():
		return f.held.told
	case f.first():
		return f.before
	}
	return f.shown
}

// wentAway reports whether there was a lock when the last event was told and there is none now. lock is the last one seen, which
// counts while the store could not be read.
func wentAway(told, snap lockcore.Snapshot, lock lockcore.Record) bool {
	if snap.HasLock() || snap.State == lockcore.Unknown {
		return false
	}
	return told.HasLock() || told.State == lockcore.Unknown && !lock.IsZero()
}

// waits reports whether the event of a lock that went may still become part of another one. It may not where we removed the
// lock, where its holder ended too, and where the same look shows another alarm.
func (f *follower) waits(event Event, snap lockcore.Snapshot, now time.Time) bool {
	told := f.told()
	switch {
	case event == WasRemoved || told.State == lockcore.Stale:
		return false
	case event == Released && told.Holder.PID != 0 && !told.Holder.Same(f.memory.Holder): // an orderly end
		return false
	case contestedAnew(told, snap):
		return false
	}
	return now.Sub(earlier(f.held.since, now)) < TakeoverTime
}

// contestedAnew reports whether two claims came to light otherwise than by the absence of the lock.
func contestedAnew(told, snap lockcore.Snapshot) bool {
	return snap.State == lockcore.Contested && snap.Reason != lockcore.LockMissing &&
		(snap.Reason != told.Reason || snap.Conflicts != told.Conflicts)
}

// broughtBack reports whether a lock came that is told by a name of its own although an event waits: one that we put back
// meanwhile, or another than the one that went, which we had removed. That the same lock is there again is no event.
func (f *follower) broughtBack(r look, now time.Time) bool {
	if f.held.since.IsZero() || !r.snap.HasLock() {
		return false
	}
	switch diff(f.shown, r.snap, facts{Backup: r.own, Now: now}) {
	case WasRestored:
		return r.own != f.held.last
	case Resurrected:
		return r.snap.Token != f.held.told.Token
	}
	return false
}

// release ends a wait and returns the event that waited.
func (f *follower) release(now time.Time) Change {
	event := diff(f.held.told, f.shown, facts{LastLock: f.memory.LastLock, Now: now})
	change := Change{At: now, Event: event, From: f.held.told, To: f.shown, Newest: f.last, Since: f.held.since, Memory: f.memory}
	f.held = hold{}
	return change
}
