package watch

import (
	"time"

	"lockbar/lockcore"
)

// A hold delays the event of a lock that disappeared, for TakeoverTime at most, until a lock takes its place.
type hold struct {
	since    time.Time         // when the lock was found gone; zero: nothing waits
	baseline lockcore.Snapshot // shown before the lock was found gone
	last     lockcore.Backup   // the newest of our own changes when the lock was found gone
}

// baseline returns the snapshot that the next look is compared with: shown; while an event waits, the one from before its lock disappeared;
// before the first report, that of the previous process.
func (f *follower) baseline() lockcore.Snapshot {
	switch {
	case !f.held.since.IsZero():
		return f.held.baseline
	case f.first():
		return f.before
	}
	return f.shown
}

// wentAway reports whether there was a lock in baseline and there is none in snap. If baseline is of a store that could not be read, lock
// decides, the last lock seen.
func wentAway(baseline, snap lockcore.Snapshot, lock lockcore.Record) bool {
	if snap.HasLock() || snap.State == lockcore.Unknown {
		return false
	}
	return baseline.HasLock() || baseline.State == lockcore.Unknown && !lock.IsZero()
}

// waits reports whether the event of a lock that disappeared may still become part of another event. It cannot after TakeoverTime, or if we
// removed the lock, its holder is gone too, or the same look shows new evidence of two claims.
func (f *follower) waits(event Event, snap lockcore.Snapshot, now time.Time) bool {
	baseline := f.baseline()
	switch {
	case event == WasRemoved || baseline.State == lockcore.Stale:
		return false
	case event == Released && baseline.Holder.PID != 0 && !baseline.Holder.Same(f.memory.Holder): // an orderly end
		return false
	case newlyContested(baseline, snap):
		return false
	}
	return now.Sub(earlier(f.held.since, now)) < TakeoverTime
}

// newlyContested reports whether the look shows new evidence of two claims besides the absence of the lock.
func newlyContested(baseline, snap lockcore.Snapshot) bool {
	return snap.State == lockcore.Contested && snap.Reason != lockcore.LockMissing &&
		(snap.Reason != baseline.Reason || snap.Conflicts != baseline.Conflicts)
}

// broughtBack reports whether a lock appeared whose event cannot be joined with the waiting one: we put the lock back meanwhile, or we had
// removed it earlier and it is not the lock that just disappeared.
func (f *follower) broughtBack(r look, now time.Time) bool {
	if f.held.since.IsZero() || !r.snap.HasLock() {
		return false
	}
	switch diff(f.shown, r.snap, facts{Backup: r.own, Now: now}) {
	case WasRestored:
		return r.own != f.held.last
	case Resurrected:
		return r.snap.Token != f.held.baseline.Token
	}
	return false
}

// release ends a wait and returns a change with the event that waited.
func (f *follower) release(now time.Time) Change {
	event := diff(f.held.baseline, f.shown, facts{LastLock: f.memory.LastLock, Now: now})
	change := Change{At: now, Event: event, From: f.held.baseline, To: f.shown, Newest: f.last, Since: f.held.since, Memory: f.memory}
	f.held = hold{}
	return change
}
