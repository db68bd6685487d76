package watch

import (
	"time"

	"lockbar/lockcore"
)

// A follower holds what is known of one store and decides when to look at it next. It does no I/O: it decides from the result of
// a look and a time.
type follower struct {
	shown  lockcore.Snapshot // the last look that was believed; zero before the first one
	before lockcore.Snapshot // the last look of the previous process; zero for none
	held   hold              // the event of a lock that disappeared, while it waits
	memory lockcore.Memory

	looking    time.Time // when the look under way began; zero: no look is under way
	overdue    bool      // that look did not end in time, and this was reported
	hinted     bool      // a hint came since the last look began
	followUp   bool      // a hint caused the look under way: look once more after SettleTime
	absent     time.Time // when the lock was first found missing, while that is not believed yet
	torn       time.Time // when the corrupt lock of tornAs was first found, while it is not believed yet
	tornAs     lockcore.Snapshot
	stale      time.Time // when the lock was found stale; zero: it is not stale
	notBefore  time.Time // when the settle time ends; only rush and the end of an overdue look cause a look earlier
	due        time.Time // when the next look is planned; zero: only a hint or the poll causes one
	rushed     int       // calls of rush since a walk last ended with nothing to wait for
	usedBackup string    // the backup of our own change that was last reported as a cause: it explains no later event but Resurrected

	// inherited reports that memory.LastLock is from the previous process, in the form that keep returns: no lock was read since, and no
	// look found the store unlocked.
	inherited bool
	keep      func(lockcore.Snapshot) lockcore.Snapshot

	last       lockcore.Backup // the newest of our own changes, as last read
	dirChanged time.Time       // Snapshot.DirChanged when last was read; zero: read it again
}

const (
	// maxRush limits how many looks in a row follow without a pause while directories appear: mkdir -p makes one directory after another
	// while we add watches.
	maxRush = 4
	// ownChange limits how long after our backup of a lock our change itself may come: the backup precedes it, and a slow disk syncs for a
	// while in between. In that time a look may find the lock before or after the change, and its absence is believed at once.
	ownChange = 5 * time.Second
	// coarse bounds how long the time of a directory may stay the same although the directory changes: FAT stores steps of 2 s.
	coarse = 2 * time.Second
	// A daemon that is restarted after a crash touches no file of the store until it takes the lock, which may be minutes later.
	// For restartTime a stale lock is rechecked every restartPause, so that the daemon is seen before the user is told that the
	// lock was left behind (notify.Grace).
	restartTime  = 12 * time.Second
	restartPause = 3 * time.Second
)

// hint schedules a look, at once or after the look or the settle time that is under way, and another one a settle time later.
func (f *follower) hint(now time.Time) {
	f.hinted = true
	f.poll(now)
}

// appeared notes that the lock existed for a moment, so that its next absence is a new one.
func (f *follower) appeared() { f.absent = time.Time{} }

// poll schedules one look, unless one is under way.
func (f *follower) poll(now time.Time) {
	if f.looking.IsZero() {
		f.due = later(now, f.notBefore)
	}
}

// begin notes that a look began.
func (f *follower) begin(now time.Time) {
	f.looking, f.due = now, time.Time{}
	f.hinted, f.followUp = false, f.hinted
}

// next returns when this store needs attention next, or zero.
func (f *follower) next() time.Time {
	switch {
	case f.looking.IsZero():
		return f.due
	case f.overdue:
		return time.Time{}
	}
	return f.looking.Add(lockcore.ReadTimeout)
}

// end notes that a look ended and reports whether its result is usable. The result of an overdue look is not: it only shows that the
// store can be read again, so another look follows at once.
//
// If a hint caused the look, a settle time follows. It counts from the end of the look, so that a storm of hints leaves time for
// everything else. So a storm causes at most two looks in a settle time, and a change after a quiet time is seen at once.
func (f *follower) end(now time.Time) (usable bool) {
	usable = !f.overdue
	f.looking, f.overdue = time.Time{}, false
	f.notBefore = now
	if f.followUp {
		f.notBefore = now.Add(lockcore.SettleTime)
	}
	if !usable {
		f.followUp, f.due = false, now
	}
	return usable
}

// showsAhead reports whether a glimpse of a new lock is shown before its look is complete. Only a complete look ends a contested, stale
// or corrupt state, or judges a lock just after our own change. Only a complete look decides that a holder on this host is gone if the
// lock does not plainly name it.
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

// ended makes the memory forget a process that ended. Otherwise it would keep a process whose end the next look cannot find out (say,
// because the lock is corrupt), and the end of a zombie that nobody reaps would be reported over and over.
func (f *follower) ended(pid int) {
	if f.memory.Holder.PID == pid {
		f.memory.Holder, f.memory.StartedAt = lockcore.Process{}, ""
	}
}

// plan schedules the next look, if one is needed before the poll. fresh is the result of exits.keep.
func (f *follower) plan(fresh bool) {
	f.due = time.Time{}
	if doubted := later(f.absent, f.torn); !doubted.IsZero() {
		f.due = later(doubted.Add(lockcore.SettleTime), f.notBefore)
	} else if f.hinted || f.followUp || fresh {
		f.due = f.notBefore
	} else if !f.held.since.IsZero() { // TakeoverTime ends well before MissingAfter, which began no earlier
		f.due = later(f.held.since.Add(TakeoverTime), f.notBefore)
	} else if !f.stale.IsZero() && f.notBefore.Sub(f.stale) < restartTime {
		f.due = f.notBefore.Add(restartPause)
	} else if at := f.memory.MissingAt(f.notBefore); !at.IsZero() {
		f.due = at
	}
	f.followUp = false
}

// rush schedules a look at once because events may have been missed: a directory has just become watched for this store, or it disappeared
// before that. In a storm of new directories, rush schedules looks no more often than hints do.
func (f *follower) rush(now time.Time) {
	f.rushed++
	switch {
	case !f.looking.IsZero():
		f.hinted = true // that look may have been too early
	case f.rushed <= maxRush:
		f.due = now
	default:
		f.due = sooner(now.Add(lockcore.SettleTime), f.due)
	}
}

// earlier returns known, or now if known is zero.
func earlier(known, now time.Time) time.Time {
	if known.IsZero() {
		return now
	}
	return known
}

// sooner returns the earlier of two times. A zero b means never; a must not be zero.
func sooner(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// alive returns the PIDs of the processes whose end would change the state.
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

// plainlyOurs reports whether the lock plainly names a live process here, so that a look need not read .daemon-state.json.
func plainlyOurs(s lockcore.Snapshot) bool { return s.State == lockcore.HeldHere && s.Reason == "" }
