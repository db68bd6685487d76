package watch

import (
	"time"

	"lockbar/lockcore"
)

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
	event := diff(told, f.comparable(snap), facts{LastLock: lock, Backup: own, New: own != f.last && !first, Now: now})
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
		change.Cause, f.spent = own, own.Path
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

// mayHaveChanged: since the newest of our own changes was read (dated) there may have been another one, although the lock
// need not be another than the one that is shown: it may have come and gone unseen, or a link lead to another store now.
// Each change leaves its mark on the directory.
func mayHaveChanged(shown, snap lockcore.Snapshot, dated time.Time) bool {
	if snap.State == lockcore.Unknown {
		return false // and to ask might hang
	}
	return snap.Token != shown.Token || dated.IsZero() || !snap.DirChanged.Equal(dated)
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
	if r.began.Sub(r.snap.DirChanged) > coarse {
		f.dated = r.snap.DirChanged
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

// material is a snapshot without what differs from look to look although nothing changed. The time of a lock that is no record
// stays: it is all that tells one from the next.
func material(s lockcore.Snapshot) lockcore.Snapshot {
	s.DirChanged = time.Time{}
	if !s.HasLock() || !s.Record.IsZero() {
		s.LockChanged = time.Time{}
	}
	for _, p := range []*lockcore.Process{&s.Holder, &s.LocalDaemon, &s.Starting, &s.OpenedBy} {
		p.Started = time.Time{}
	}
	return s
}
