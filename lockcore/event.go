package lockcore

import "time"

// Event says what happened between two looks; what holds now is the State of the later one.
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
	Changed     Event = "changed"
)

// Events lists every event but NoEvent.
func Events() []Event {
	return []Event{Initial, Acquired, Released, TakenOver, WentStale, BecameTwo, Corrupted, Unreadable, Cleared,
		WasRemoved, WasRestored, Resurrected, Renamed, Changed}
}

// ResurrectionTime is how long after a removal the same bytes that come back are a sync engine's doing.
const ResurrectionTime = 2 * time.Minute

// Context is what Diff must know beside the two looks.
type Context struct {
	LastLock Record    // the last lock seen, for a lock that comes back from Unknown or Corrupt: Memory.LastLock
	Change   Change    // the newest of our own changes to this store
	New      bool      // Change was made after the earlier look, as far as is known
	Now      time.Time // of the later look
}

// Diff names what happened from one look to the next; NoEvent where nothing did. A zero prev is no look.
func Diff(prev, cur Snapshot, c Context) Event {
	switch {
	case prev == Snapshot{}:
		return Initial
	case prev.Same(cur):
		return NoEvent
	case cur.State == Unknown:
		return entering(prev, cur, Unreadable)
	case cur.State == Corrupt:
		return diffCorrupt(prev, cur, c)
	case cur.Record.IsZero():
		return diffGone(prev, cur, c)
	}
	return diffRecord(prev, cur, c)
}

// entering is e when the state is new, else a change within it.
func entering(prev, cur Snapshot, e Event) Event {
	if prev.State != cur.State {
		return e
	}
	return Changed
}

// diffCorrupt: even a corrupt lock may be one that we removed and put back.
func diffCorrupt(prev, cur Snapshot, c Context) Event {
	if e := returned(prev, cur, c); e != NoEvent {
		return e
	}
	return entering(prev, cur, Corrupted)
}

// diffGone: there is no lock now.
func diffGone(prev, cur Snapshot, c Context) Event {
	switch {
	case prev.HasLock() && c.Change.Kind == ChangeUnlock && c.Change.Token == prev.Token:
		return WasRemoved // also where the daemon that lost its lock so still runs
	case cur.State == Contested:
		return entering(prev, cur, BecameTwo)
	case prev.State == Unknown && !c.LastLock.IsZero():
		return Released
	case prev.HasLock():
		return Released
	case prev.State != cur.State:
		return Cleared
	}
	return Changed
}

// diffRecord: there is a valid lock now.
func diffRecord(prev, cur Snapshot, c Context) Event {
	if e := returned(prev, cur, c); e != NoEvent {
		return e
	}
	before := prev.Record
	if before.IsZero() {
		before = c.LastLock
	}
	if before == cur.Record {
		return diffSameLock(prev, cur)
	}
	return diffNewLock(prev, cur, before)
}

// returned: the bytes that we removed are there again, by us or by themselves.
func returned(prev, cur Snapshot, c Context) Event {
	switch {
	case prev.State == Unknown || c.Change.Token != cur.Token:
		return NoEvent
	case c.Change.Kind == ChangeRestore && (c.New || !prev.HasLock()):
		return WasRestored // also where the lock before it came and went unseen
	case prev.HasLock():
		return NoEvent
	case c.Change.Kind == ChangeUnlock && c.Now.Sub(c.Change.At) <= ResurrectionTime:
		return Resurrected
	}
	return NoEvent
}

// diffSameLock: the lock is the one that was there before; what is known of it changed.
func diffSameLock(prev, cur Snapshot) Event {
	switch {
	case prev.State == Unlocked:
		return Acquired
	case cur.State == HeldHere && (prev.State == HeldElsewhere || prev.State == HeldHere && prev.Reason != cur.Reason):
		return Renamed // this host was
	case cur.State == Stale:
		return entering(prev, cur, WentStale)
	case cur.State == Contested:
		return entering(prev, cur, BecameTwo)
	case prev.State == Contested, prev.State == Corrupt, prev.State == Unknown:
		return Cleared
	}
	return Changed
}

// diffNewLock: another lock is there than before, or one where there was none.
func diffNewLock(prev, cur Snapshot, before Record) Event {
	switch {
	case before.IsZero() && prev.State == Unknown:
		return Cleared
	case before.IsZero() && cur.State == Contested:
		return BecameTwo
	case before.IsZero() || prev.State == Unlocked && cur.State != Contested:
		return Acquired
	case sameClaim(before, cur):
		return Renamed
	case ofThisHost(cur):
		return Acquired
	case !SameHost(before.Hostname, cur.Record.Hostname):
		return TakenOver
	case cur.State == Contested:
		return entering(prev, cur, BecameTwo)
	}
	return Changed
}

// sameClaim: a rename of this host keeps pid and started_at.
func sameClaim(before Record, cur Snapshot) bool {
	return ofThisHost(cur) && before.PID == cur.Record.PID && before.StartedAt == cur.Record.StartedAt &&
		!SameHost(before.Hostname, cur.Record.Hostname)
}

func ofThisHost(s Snapshot) bool {
	return s.Reason == RenamedHost || SameHost(s.Record.Hostname, s.Host)
}
