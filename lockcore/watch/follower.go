package watch

import (
	"time"

	"lockbar/lockcore"
)

// follower is what is known of one store, and when to look at it next. It looks at nothing itself: all of it is plain
// decisions over what a look gave, and a time.
type follower struct {
	shown  lockcore.Snapshot // what was last reported; zero before the first look
	before lockcore.Snapshot // what the process before this one saw last; zero for nothing
	held   hold              // the event of a lock that went, while it waits
	memory lockcore.Memory

	looking time.Time // when the look under way began; zero: none is
	overdue bool      // it did not come back in time, and that was reported
	again   bool      // a hint came since that look began
	second  bool      // the look under way follows a hint: look once more when settled
	absent  time.Time // when the lock was first found missing, while that is not believed yet
	torn    time.Time // when it was first found corrupt, as in tornAs, likewise
	tornAs  lockcore.Snapshot
	stale   time.Time // when it was found stale; zero: it is not
	settled time.Time // no look before this
	due     time.Time // the next look that is planned; zero: none but the poll
	rushed  int       // how often in a row directories came into view
	spent   string    // the backup of our own change that was told last: it explains no later event

	// inherited reports that memory.LastLock is what the process before kept, in the form that keep gives, and no lock was read since.
	inherited bool
	keep      func(lockcore.Snapshot) lockcore.Snapshot

	last  lockcore.Backup // the newest of our own changes, as it was read last
	dated time.Time       // Snapshot.DirChanged then; zero: read it again
}

const (
	// maxRush is how many looks in a row may follow each other at once while directories come into view: mkdir -p makes one
	// after the other while we add them.
	maxRush = 4
	// ownChange is how long after we removed a lock its absence is taken for our doing: the backup is dated before the
	// removal, and a slow disk syncs for a while between.
	ownChange = 5 * time.Second
	// coarse is how long a directory may keep its time although it changes: FAT counts in steps of two seconds.
	coarse = 2 * time.Second
	// A daemon that is restarted after a crash touches no file of the store until it takes the lock, which may be minutes later.
	// For restartTime a lock that was found stale is looked at again every restartPause, so that the daemon is seen before
	// anybody is told that the lock was left behind (notify.Grace).
	restartTime  = 12 * time.Second
	restartPause = 3 * time.Second
)

// hint: look at once and once more after the settle time; while settling, at its end.
func (f *follower) hint(now time.Time) {
	f.again = true
	f.glance(now)
}

// appeared: the lock was there for a moment, so one absence is not another's continuation.
func (f *follower) appeared() { f.absent = time.Time{} }

// glance: look once, as the poll does. A look under way is as good.
func (f *follower) glance(now time.Time) {
	if f.looking.IsZero() {
		f.due = later(now, f.settled)
	}
}

// begin is the start of a look that is due.
func (f *follower) begin(now time.Time) {
	f.looking, f.due = now, time.Time{}
	f.again, f.second = false, f.again
}

// next is when something is to be done for this store, or zero.
func (f *follower) next() time.Time {
	switch {
	case f.looking.IsZero():
		return f.due
	case f.overdue:
		return time.Time{}
	}
	return f.looking.Add(lockcore.ReadTimeout)
}

// end is that of a look: what it saw, or, if it was overdue, that the store can be read again, and shall be at once. The
// settle time counts from here, so that a storm leaves room for everything else. Only a look that a hint caused is followed
// by it: no storm makes more than two looks in a settle time, and a change after a quiet one is seen at once.
func (f *follower) end(now time.Time) (usable bool) {
	usable = !f.overdue
	f.looking, f.overdue = time.Time{}, false
	f.settled = now
	if f.second {
		f.settled = now.Add(lockcore.SettleTime)
	}
	if !usable {
		f.second, f.due = false, now
	}
	return usable
}

// showsAhead reports whether a glimpse of a new lock is shown before its look is complete. Only a complete look ends an alarm, judges a
// lock just after our own change, or takes a holder here, which the lock does not plainly name, for gone.
func (f *follower) showsAhead(g glimpse, now time.Time) bool {
	switch shown := f.shown; {
	case g.token == shown.Token, g.state == shown.State, now.Sub(f.last.At).Abs() < ownChange:
		return false
	case shown.State == lockcore.Contested, shown.State == lockcore.Stale, shown.State == lockcore.Corrupt:
		return false
	case shown.State == lockcore.HeldHere && !plainlyOurs(shown):
		return g.state != lockcore.HeldElsewhere
	}
	return true
}

// ended: a process is no more. Where the next look cannot say so (the lock is corrupt, say) it would be remembered on, and as
// a zombie that nobody reaps it would be seen to end over and over.
func (f *follower) ended(pid int) {
	if f.memory.Holder.PID == pid {
		f.memory.Holder, f.memory.StartedAt = lockcore.Process{}, ""
	}
}

// plan sets the next look, if one is wanted before the poll. fresh: something is waited for or watched that was not.
func (f *follower) plan(fresh bool) {
	f.due = time.Time{}
	if doubted := later(f.absent, f.torn); !doubted.IsZero() {
		f.due = later(doubted.Add(lockcore.SettleTime), f.settled)
	} else if f.again || f.second || fresh {
		f.due = f.settled
	} else if !f.held.since.IsZero() { // well before MissingAfter, which began no earlier
		f.due = later(f.held.since.Add(TakeoverTime), f.settled)
	} else if !f.stale.IsZero() && f.settled.Sub(f.stale) < restartTime {
		f.due = f.settled.Add(restartPause)
	} else if at := f.memory.MissingAt(f.settled); !at.IsZero() {
		f.due = at
	}
	f.second = false
}

// rush: a directory came into view, and what happened in it before we watched it is not known. Look at once, but in a storm
// of directories no more often than else.
func (f *follower) rush(now time.Time) {
	f.rushed++
	switch {
	case !f.looking.IsZero():
		f.again = true // that look may have been too early
	case f.rushed <= maxRush:
		f.due = now
	default:
		f.due = sooner(now.Add(lockcore.SettleTime), f.due)
	}
}

// earlier is known, or now where nothing is.
func earlier(known, now time.Time) time.Time {
	if known.IsZero() {
		return now
	}
	return known
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// alive lists the processes whose end would change the state.
func alive(s lockcore.Snapshot, m lockcore.Memory) []int {
	var pids []int
	if s.Holder.Alive() && s.State != lockcore.Stale {
		pids = append(pids, s.Holder.PID)
	}
	for _, p := range []lockcore.Process{s.LocalDaemon, s.Starting} {
		if p.Alive() {
			pids = append(pids, p.PID)
		}
	}
	if m.Holder.PID != 0 {
		pids = append(pids, m.Holder.PID)
	}
	return pids
}

// plainlyOurs reports whether the lock plainly names a live process here, so that a look does not ask .daemon-state.json.
func plainlyOurs(s lockcore.Snapshot) bool { return s.State == lockcore.HeldHere && s.Reason == "" }
