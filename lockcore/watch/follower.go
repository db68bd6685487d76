package watch

import (
	"time"

	"lockbar/lockcore"
)

// follower is what is known of one store, and when to look at it next. It looks at nothing itself: all of it is plain
// decisions over what a look gave, and a time.
type follower struct {
	shown  lockcore.Snapshot // what was last reported
	memory lockcore.Memory

	looking time.Time // when the look under way began; zero: none is
	overdue bool      // it did not come back in time, and that was reported
	again   bool      // a hint came since that look began
	second  bool      // the look under way follows a hint: look once more when settled
	absent  time.Time // when the lock was first found missing, while that is not believed yet
	torn    time.Time // when it was first found corrupt, likewise
	settled time.Time // no look before this
	due     time.Time // the next look that is planned; zero: none but the poll
	rushed  int       // looks in a row that did not wait for the settle time
	spent   string    // the backup of the removal that was told last: it explains no later one

	last  lockcore.Change // the newest of our own changes, as it was read last
	dated time.Time       // Snapshot.Changed then; zero: read it again
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

// mayHaveChanged: since the newest of our own changes was read (dated) there may have been another one, although the lock
// need not be another than the one that is shown: it may have come and gone unseen, or a link lead to another store now.
// Each change leaves its mark on the directory.
func mayHaveChanged(shown, snap lockcore.Snapshot, dated time.Time) bool {
	if snap.State == lockcore.Unknown {
		return false // and to ask might hang
	}
	return snap.Token != shown.Token || dated.IsZero() || !snap.Changed.Equal(dated)
}

// learn keeps the newest of our own changes, and reports whether it is another one than before.
func (f *follower) learn(r look) (another bool) {
	switch {
	case r.snap.State == lockcore.Unknown:
		f.dated = time.Time{} // whatever is there next may be another directory
		return false
	case !r.asked:
		return false
	}
	another = r.own != f.last
	f.last, f.dated = r.own, time.Time{}
	if r.began.Sub(r.snap.Changed) > coarse {
		f.dated = r.snap.Changed
	}
	return another
}

// cause is our own change that may explain what a look saw: none where the lock is as it was, and no removal twice.
func (f *follower) cause(r look) lockcore.Change {
	if r.snap.Token == f.shown.Token || !r.snap.HasLock() && r.own.Backup == f.spent {
		return lockcore.Change{}
	}
	return r.own
}

// accept takes a look into account; the change is to be reported if ok.
func (f *follower) accept(r look, now time.Time) (change Change, ok bool) {
	snap, own := r.snap, f.cause(r)
	if f.doubt(snap, own, now) {
		f.remember(snap, now)
		return Change{}, false
	}
	f.absent, f.torn = time.Time{}, time.Time{}
	event := lockcore.Diff(f.shown, snap, lockcore.Context{LastLock: f.memory.LastLock, Change: own, Now: now})
	another := f.learn(r)
	change = Change{At: now, Event: event, From: f.shown, To: snap, Last: f.last}
	ok = event != lockcore.NoEvent || material(f.shown) != material(snap) || another
	if event == lockcore.WasRemoved {
		f.spent = own.Backup
	}
	f.memory = f.memory.Next(snap, now)
	f.shown, change.Memory = snap, f.memory
	return change, ok
}

// doubt: an absence is believed when a second look after the settle time agrees, when we removed the lock ourselves, or at
// the very first look when the directory has been as it is for that long. So is corruption: who writes a lock in its place,
// as must be done where there are no hard links, makes it empty first.
func (f *follower) doubt(snap lockcore.Snapshot, own lockcore.Change, now time.Time) bool {
	switch {
	case snap.State == lockcore.Corrupt:
		return f.shown.State != lockcore.Corrupt && f.recent(f.torn, snap, now) && !restoredIt(snap, own)
	case snap.HasLock() || snap.State == lockcore.Unknown:
		return false
	case f.shown != (lockcore.Snapshot{}) && !f.shown.HasLock() && f.shown.State != lockcore.Unknown:
		return false
	}
	return f.recent(f.absent, snap, now) && !f.removedIt(own, now)
}

// recent: what was first seen then may be one step of two.
func (f *follower) recent(since time.Time, snap lockcore.Snapshot, now time.Time) bool {
	if !since.IsZero() {
		return now.Sub(since) < lockcore.SettleTime
	}
	age := now.Sub(snap.Changed).Abs()
	return f.shown != (lockcore.Snapshot{}) || age < lockcore.SettleTime
}

// remember since when there is doubt.
func (f *follower) remember(snap lockcore.Snapshot, now time.Time) {
	if snap.State == lockcore.Corrupt {
		f.absent, f.torn = time.Time{}, earlier(f.torn, now)
	} else {
		f.absent, f.torn = earlier(f.absent, now), time.Time{}
	}
}

func restoredIt(snap lockcore.Snapshot, own lockcore.Change) bool {
	return own.Kind == lockcore.ChangeRestore && own.Token == snap.Token
}

func (f *follower) removedIt(own lockcore.Change, now time.Time) bool {
	return f.shown.HasLock() && own.Kind == lockcore.ChangeUnlock && own.Token == f.shown.Token &&
		now.Sub(own.At).Abs() <= ownChange
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
	} else if gone := f.memory.GoneSince; !gone.IsZero() && f.shown.State == lockcore.Unlocked {
		f.due = later(gone.Add(lockcore.MissingAfter), f.settled)
	}
	f.second = false
}

// rush: a directory came into view, and what happened in it before we watched it is not known. Look at once, but in a storm
// of directories no more often than else.
func (f *follower) rush(added bool, now time.Time) {
	f.rushed++
	if !added {
		f.rushed = 0
	}
	if added && f.rushed <= maxRush {
		f.due = now
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

// plainlyOurs: the lock is of this host by its name, so a look does not ask .daemon-state.json.
func plainlyOurs(s lockcore.Snapshot) bool {
	return s.State == lockcore.Stale || s.State == lockcore.HeldHere && s.Reason == ""
}
