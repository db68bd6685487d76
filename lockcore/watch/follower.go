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
func (f *follower) cause(r look) lockcore.Backup {
	if r.snap.Token == f.told().Token || !r.snap.HasLock() && r.own.Path == f.spent {
		return lockcore.Backup{}
	}
	return r.own
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

// accept takes a look into account and returns the changes to report: none, one, or two where a look ends a wait with an
// event of its own.
func (f *follower) accept(r look, now time.Time) (changes []Change) {
	if f.doubt(r.snap, f.cause(r), now) {
		f.remember(r.snap, now)
		return nil
	}
	f.absent, f.torn = time.Time{}, time.Time{}
	f.noteStale(r.snap, now)
	if f.broughtBack(r, now) {
		changes = append(changes, f.release(now))
	}
	if c, ok := f.step(r, now); ok {
		changes = append(changes, c)
	}
	return changes
}

func (f *follower) noteStale(snap lockcore.Snapshot, now time.Time) {
	switch {
	case snap.State != lockcore.Stale:
		f.stale = time.Time{}
	case f.stale.IsZero() || snap.Token != f.shown.Token:
		f.stale = now
	}
}

// step takes a look into account that is believed. It leads to one change at most, which is to be reported if ok.
func (f *follower) step(r look, now time.Time) (change Change, ok bool) {
	snap, own, told, lock := r.snap, f.cause(r), f.told(), f.memory.LastLock
	first := f.first()
	event := diff(told, f.comparable(snap), facts{LastLock: lock, Own: own, New: own != f.last && !first, Now: now})
	another := f.learn(r)
	f.memory = f.memory.Next(snap, now)
	change = Change{At: now, Event: event, From: f.named(told, lock), To: snap, Newest: f.last, Since: f.held.since, Away: first && f.inherited}
	if !first && wentAway(told, snap, lock) && f.waits(event, snap, now) {
		if f.held.since.IsZero() {
			f.held = hold{now, told, f.last}
		}
		f.memory.LastLock = lock // what is not told to be gone is not forgotten
		change.Event, change.From, change.Since = NoEvent, f.shown, f.held.since
	} else {
		f.held = hold{}
		f.inherited = f.inherited && snap.Record.IsZero() && snap.State != lockcore.Unlocked
		if event == NoEvent && !first {
			change.From, change.Since = f.shown, time.Time{}
		}
	}
	if madeBy(own, event, told) && own.Path != f.spent {
		change.Own, f.spent = own, own.Path
	}
	ok = change.Event != NoEvent || material(f.shown) != material(snap) || another
	f.shown, change.Memory = snap, f.memory
	return change, ok
}

// first reports whether nothing was reported yet.
func (f *follower) first() bool { return f.shown == (lockcore.Snapshot{}) }

// inherit takes over what the process before saw last, in the form that keep gives.
func (f *follower) inherit(last lockcore.Snapshot, keep func(lockcore.Snapshot) lockcore.Snapshot) {
	f.before, f.keep, f.inherited = last, keep, last != lockcore.Snapshot{}
}

// comparable returns a look in the form of what it is compared with: at the first look a look that was kept, and then, as long as
// none was read here, a lock that was.
func (f *follower) comparable(s lockcore.Snapshot) lockcore.Snapshot {
	switch {
	case f.inherited && f.first():
		return f.keep(s)
	case f.inherited:
		s.Record = f.keep(s).Record
	}
	return s
}

// named adds the last lock to a look of the process before that shows none, so that the event says from whom it was taken.
func (f *follower) named(told lockcore.Snapshot, lock lockcore.Record) lockcore.Snapshot {
	if f.inherited && told.Record.IsZero() && (told.State == lockcore.Unknown || told.State == lockcore.Corrupt) {
		told.Record = lock
	}
	return told
}

// madeBy reports whether our own change led to an event.
func madeBy(own lockcore.Backup, event Event, told lockcore.Snapshot) bool {
	switch event {
	case WasRemoved, WasRestored: // so named because of it
		return true
	case Acquired:
		return own.Kind == lockcore.BackupTakeover && own.Token == told.Token
	}
	return false
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

// material is a snapshot without what differs from look to look although nothing changed. The time of a lock that is no record
// stays: it is all that tells one from the next.
func material(s lockcore.Snapshot) lockcore.Snapshot {
	s.Changed = time.Time{}
	if !s.HasLock() || !s.Record.IsZero() {
		s.LockChanged = time.Time{}
	}
	for _, p := range []*lockcore.Process{&s.Holder, &s.LocalDaemon, &s.Starting, &s.OpenedBy} {
		p.Started = time.Time{}
	}
	return s
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
