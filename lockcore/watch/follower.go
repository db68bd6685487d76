package watch

import (
	"time"

	"lockbar/lockcore"
)

// follower is what is known of one store.
type follower struct {
	store  *lockcore.Store
	shown  lockcore.Snapshot // what was last reported
	memory lockcore.Memory
	exits  exits

	looking bool      // a look is under way
	again   bool      // a hint came since that look began
	second  bool      // the look under way follows a hint: look once more when settled
	absent  bool      // the lock was missing at the last look and that is not believed yet
	settled time.Time // no look before this
	due     time.Time // the next look that is planned; zero: none but the poll
}

// accept takes a look into account; the change is to be reported if ok.
func (f *follower) accept(snap lockcore.Snapshot, now time.Time) (change Change, ok bool) {
	if f.doubt(snap, now) {
		f.absent, f.again = true, true
		return Change{}, false
	}
	f.absent = false
	event := f.event(snap, now)
	change = Change{At: now, Event: event, From: f.shown, To: snap}
	ok = event != lockcore.NoEvent || material(f.shown) != material(snap)
	f.memory = f.memory.Next(snap, now)
	f.shown = snap
	f.exits.keep(alive(snap, f.memory))
	return change, ok
}

// doubt: an absence is believed when a second look after the settle time agrees, or at the very first look when the
// directory has been as it is for that long.
func (f *follower) doubt(snap lockcore.Snapshot, now time.Time) bool {
	gone := !snap.HasLock() && snap.State != lockcore.Unknown
	if !gone || f.absent {
		return false
	}
	if f.shown == (lockcore.Snapshot{}) {
		age := now.Sub(snap.Changed)
		return age < lockcore.SettleTime && age > -lockcore.SettleTime
	}
	return f.shown.HasLock() || f.shown.State == lockcore.Unknown
}

func (f *follower) event(snap lockcore.Snapshot, now time.Time) lockcore.Event {
	c := lockcore.Context{LastLock: f.memory.LastLock, Now: now}
	if f.shown.Token != snap.Token { // else none of our own changes can be the cause
		c.Change, _ = f.store.LastChange()
	}
	return lockcore.Diff(f.shown, snap, c)
}

// plan sets the next look, if one is wanted before the poll.
func (f *follower) plan(now time.Time) {
	f.due = time.Time{}
	if f.again || f.second || f.exits.fresh {
		f.due = f.settled
	} else if gone := f.memory.GoneSince; !gone.IsZero() && f.shown.State == lockcore.Unlocked {
		f.due = later(gone.Add(lockcore.MissingAfter), f.settled)
	}
	f.second, f.exits.fresh = false, false
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// material is a snapshot without what differs from look to look although nothing changed.
func material(s lockcore.Snapshot) lockcore.Snapshot {
	s.Changed = time.Time{}
	s.Holder.Started, s.LocalDaemon.Started = time.Time{}, time.Time{}
	return s
}

// alive lists the processes whose end would change the state.
func alive(s lockcore.Snapshot, m lockcore.Memory) []int {
	var pids []int
	if s.Holder.Alive() && s.State != lockcore.Stale {
		pids = append(pids, s.Holder.PID)
	}
	if s.LocalDaemon.Alive() {
		pids = append(pids, s.LocalDaemon.PID)
	}
	if m.Holder.PID != 0 {
		pids = append(pids, m.Holder.PID)
	}
	return pids
}
