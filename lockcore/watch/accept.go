package watch

import (
	"time"

	"lockbar/lockcore"
)

// accept applies a look and returns the changes to report: none, one, or two if the look ends a wait and shows another event.
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

// step applies a look that is believed. It returns one change, which must be reported if ok is true.
func (f *follower) step(r look, now time.Time) (change Change, ok bool) {
	snap, own, baseline, lock := r.snap, f.cause(r), f.baseline(), f.memory.LastLock
	first := f.first()
	event := diff(baseline, f.comparable(snap), facts{LastLock: lock, Backup: own, New: own != f.last && !first, Now: now})
	another := f.learn(r)
	f.memory = f.memory.Next(snap, now)
	change = Change{At: now, Event: event, From: f.named(baseline, lock), To: snap, Newest: f.last, Since: f.held.since, Away: first && f.inherited}
	if !first && wentAway(baseline, snap, lock) && f.waits(event, snap, now) {
		if f.held.since.IsZero() {
			f.held = hold{now, baseline, f.last}
		}
		f.memory.LastLock = lock // a lock is remembered until its end is reported
		change.Event, change.From, change.Since = NoEvent, f.shown, f.held.since
	} else {
		f.held = hold{}
		f.inherited = f.inherited && snap.Record.IsZero() && snap.State != lockcore.Unlocked
		if event == NoEvent && !first {
			change.From, change.Since = f.shown, time.Time{}
		}
	}
	if madeBy(own, event, baseline) && own.Path != f.usedBackup {
		change.Cause, f.usedBackup = own, own.Path
	}
	ok = change.Event != NoEvent || material(f.shown) != material(snap) || another
	f.shown, change.Memory = snap, f.memory
	return change, ok
}

// first reports whether nothing was reported yet.
func (f *follower) first() bool { return f.shown == (lockcore.Snapshot{}) }

// inherit takes over the last look of the previous process, in the form that keep returns.
func (f *follower) inherit(last lockcore.Snapshot, keep func(lockcore.Snapshot) lockcore.Snapshot) {
	f.before, f.keep, f.inherited = last, keep, last != lockcore.Snapshot{}
}

// comparable returns a look in the form of what it is compared with. The first look is compared with one that keep reduced. Until this
// process has read a lock, or found none, the lock of each look is compared with such a reduced one, memory.LastLock.
func (f *follower) comparable(s lockcore.Snapshot) lockcore.Snapshot {
	switch {
	case f.inherited && f.first():
		return f.keep(s)
	case f.inherited:
		s.Record = f.keep(s).Record
	}
	return s
}

// named adds the last lock, which is from the previous process, to a look that shows no valid record, so that the event names the previous
// holder.
func (f *follower) named(baseline lockcore.Snapshot, lock lockcore.Record) lockcore.Snapshot {
	if f.inherited && baseline.Record.IsZero() && (baseline.State == lockcore.Unknown || baseline.State == lockcore.Corrupt) {
		baseline.Record = lock
	}
	return baseline
}

// madeBy reports whether our own change led to an event.
func madeBy(own lockcore.Backup, event Event, baseline lockcore.Snapshot) bool {
	switch event {
	case WasRemoved, WasRestored: // diff returns these only because of our own change
		return true
	case Acquired:
		return own.Kind == lockcore.BackupTakeover && own.Token == baseline.Token
	}
	return false
}

// mayHaveChanged reports whether we may have changed the lock again since our newest change was read. dirChanged is the time of the
// directory at that reading; each change alters it. To compare the locks is not enough: another lock may have come and gone unseen, or a
// link may lead to another store now.
func mayHaveChanged(shown, snap lockcore.Snapshot, dirChanged time.Time) bool {
	if snap.State == lockcore.Unknown {
		return false // and reading the backups might hang
	}
	return snap.Token != shown.Token || dirChanged.IsZero() || !snap.DirChanged.Equal(dirChanged)
}

// learn keeps the newest of our own changes, and reports whether it differs from the one known before.
func (f *follower) learn(r look) (another bool) {
	switch {
	case r.snap.State == lockcore.Unknown:
		f.dirChanged = time.Time{} // the path may lead to another directory next time
		return false
	case !r.asked:
		return false
	}
	another = r.own != f.last
	f.last, f.dirChanged = r.own, time.Time{}
	if r.began.Sub(r.snap.DirChanged) > coarse {
		f.dirChanged = r.snap.DirChanged
	}
	return another
}

// cause returns our own change that may explain a look: none if the lock is unchanged, and none that was reported already, but for a
// removal if there is a lock now, which may be the removed one.
func (f *follower) cause(r look) lockcore.Backup {
	used := r.own.Path == f.usedBackup && (!r.snap.HasLock() || r.own.Kind == lockcore.BackupRestore)
	if used || r.snap.Token == f.baseline().Token {
		return lockcore.Backup{}
	}
	return r.own
}

// material returns a snapshot without the fields that differ from look to look although nothing changed. If the lock is not a valid record,
// its time is kept, since nothing else may distinguish this lock from the next one.
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
