package watch

import (
	"time"

	"lockbar/lockcore"
)

// Event names what happened between two looks. The state that it led to is the State of the later look.
type Event string

const (
	NoEvent     Event = ""
	Initial     Event = "initial"
	Acquired    Event = "acquired"
	Released    Event = "released"
	TakenOver   Event = "taken-over"
	WentStale   Event = "went-stale"
	BecameTwo   Event = "contested"
	Corrupted   Event = "corrupted"
	Unreadable  Event = "unreadable"
	Cleared     Event = "cleared"
	WasRemoved  Event = "removed"
	WasRestored Event = "restored"
	Resurrected Event = "resurrected"
	Renamed     Event = "renamed"
	LockChanged Event = "changed"
)

// Events lists every event but NoEvent.
func Events() []Event {
	return []Event{Initial, Acquired, Released, TakenOver, WentStale, BecameTwo, Corrupted, Unreadable, Cleared,
		WasRemoved, WasRestored, Resurrected, Renamed, LockChanged}
}

// ResurrectionTime limits how long after a removal the return of the same bytes is attributed to a sync engine.
const ResurrectionTime = 2 * time.Minute

// facts holds what diff must know besides the two looks.
type facts struct {
	LastLock lockcore.Record // lockcore.Memory.LastLock: the last lock seen, which counts if the earlier look shows no valid one
	Backup   lockcore.Backup // the newest of our own changes to this store
	New      bool            // Backup was made after the earlier look, as far as is known
	Now      time.Time       // of the later look
}

// EventBetween returns the event between two looks, for a caller that knows no more than the two; NoEvent if nothing happened.
func EventBetween(from, to lockcore.Snapshot) Event { return diff(from, to, facts{}) }

// diff returns the event between two looks; NoEvent if nothing happened. A zero prev means that there was no earlier look.
func diff(prev, cur lockcore.Snapshot, c facts) Event {
	switch {
	case prev == lockcore.Snapshot{}:
		return Initial
	case prev.Same(cur):
		return NoEvent
	case cur.State == lockcore.Unknown:
		return entering(prev, cur, Unreadable)
	case cur.State != lockcore.Corrupt && cur.Record.IsZero():
		return diffGone(prev, cur, c)
	}
	if e := returned(prev, cur, c); e != NoEvent {
		return e
	}
	if cur.State == lockcore.Corrupt {
		return entering(prev, cur, Corrupted)
	}
	return diffRecord(prev, cur, c)
}

// entering returns e if the state changed, and LockChanged otherwise.
func entering(prev, cur lockcore.Snapshot, e Event) Event {
	if prev.State != cur.State {
		return e
	}
	return LockChanged
}

// diffGone returns the event if there is no lock now, or a corrupt one in a contested store.
func diffGone(prev, cur lockcore.Snapshot, c facts) Event {
	switch {
	case prev.HasLock() && c.Backup.Kind == lockcore.BackupUnlock && c.Backup.Token == prev.Token:
		return WasRemoved // even if the daemon that lost its lock still runs
	case cur.State == lockcore.Contested:
		return entering(prev, cur, BecameTwo)
	case prev.HasLock(), prev.State == lockcore.Unknown && !c.LastLock.IsZero():
		return Released
	case prev.State != cur.State:
		return Cleared
	}
	return LockChanged
}

// diffRecord returns the event if there is a valid lock now.
func diffRecord(prev, cur lockcore.Snapshot, c facts) Event {
	before := prev.Record
	if before.IsZero() {
		before = c.LastLock
	}
	if before == cur.Record {
		return diffSameLock(prev, cur)
	}
	return diffNewLock(prev, cur, before)
}

// returned returns the event if the bytes of our newest change are there again: WasRestored if we put them back, Resurrected if they
// returned soon after we removed them.
func returned(prev, cur lockcore.Snapshot, c facts) Event {
	switch {
	case prev.State == lockcore.Unknown || c.Backup.Token != cur.Token:
		return NoEvent
	case c.Backup.Kind == lockcore.BackupRestore && (c.New || !prev.HasLock()):
		return WasRestored // even if prev shows a lock, whose end no look saw
	case prev.HasLock():
		return NoEvent
	case c.Backup.Kind == lockcore.BackupUnlock && !c.New && c.Now.Sub(c.Backup.At) <= ResurrectionTime:
		return Resurrected
	}
	return NoEvent
}

// diffSameLock returns the event if the last lock seen is still there, or is there again.
func diffSameLock(prev, cur lockcore.Snapshot) Event {
	switch {
	case prev.State == lockcore.Unlocked:
		return Acquired
	case cur.State == lockcore.HeldHere && (prev.State == lockcore.HeldElsewhere || prev.State == lockcore.HeldHere && prev.Reason != cur.Reason):
		return Renamed // this host was renamed
	case cur.State == lockcore.Stale:
		return entering(prev, cur, WentStale)
	case cur.State == lockcore.Contested:
		return entering(prev, cur, BecameTwo)
	case prev.State == lockcore.Contested, prev.State == lockcore.Corrupt, prev.State == lockcore.Unknown:
		return Cleared
	}
	return LockChanged
}

// diffNewLock returns the event of a lock that replaced another, or appeared where there was none.
func diffNewLock(prev, cur lockcore.Snapshot, before lockcore.Record) Event {
	switch {
	case before.IsZero() && prev.State == lockcore.Unknown:
		return Cleared
	case before.IsZero() && cur.State == lockcore.Contested:
		return BecameTwo
	case before.IsZero() || prev.State == lockcore.Unlocked && cur.State != lockcore.Contested:
		return Acquired
	case sameClaim(before, cur):
		return Renamed
	case cur.OnThisHost():
		return Acquired
	case !lockcore.SameHost(before.Hostname, cur.Record.Hostname):
		return TakenOver
	case cur.State == lockcore.Contested:
		return entering(prev, cur, BecameTwo)
	}
	return LockChanged
}

// sameClaim reports whether the lock changed only because this host was renamed: the daemon keeps its pid and started_at.
func sameClaim(before lockcore.Record, cur lockcore.Snapshot) bool {
	return cur.OnThisHost() && before.PID == cur.Record.PID && before.StartedAt == cur.Record.StartedAt &&
		!lockcore.SameHost(before.Hostname, cur.Record.Hostname)
}
