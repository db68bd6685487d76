package words

import (
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// happenings holds the text for each event, without time and full stop.
var happenings = map[watch.Event]func(from, to *lockcore.Snapshot) string{
	watch.Initial:     func(_, to *lockcore.Snapshot) string { return "Lockbar started: " + past(to) },
	watch.Acquired:    acquired,
	watch.Released:    released,
	watch.TakenOver:   takenOver,
	watch.WentStale:   always("{to} left its lock behind"),
	watch.BecameTwo:   becameTwo,
	watch.Corrupted:   always("The lock became corrupt"),
	watch.Unreadable:  func(_, to *lockcore.Snapshot) string { return judged(lockcore.Unknown, to.Reason).past },
	watch.Cleared:     func(from, to *lockcore.Snapshot) string { return judged(from.State, from.Reason).over + past(to) },
	watch.WasRemoved:  always("{from-lock} was removed"),
	watch.WasRestored: always("{to-lock} was put back"),
	watch.Resurrected: always("{to-lock} came back by itself"),
	watch.Renamed:     renamed,
	watch.LockChanged: changed,
}

// Happened returns a few words about the event between two looks, for a history: "mac-mini took over from this Mac". A zero
// from means that there was no earlier look.
func Happened(event watch.Event, from, to lockcore.Snapshot) string {
	return happened(event, from, to, false)
}

// HappenedBriefly returns Happened with short names, for a line of a menu.
func HappenedBriefly(event watch.Event, from, to lockcore.Snapshot) string {
	return happened(event, from, to, true)
}

func happened(event watch.Event, from, to lockcore.Snapshot, short bool) string {
	say, ok := happenings[event]
	if !ok {
		say = changed
	}
	l := look{Snapshot: &to, from: &from, short: short}
	return l.sentence(say(&from, &to))
}

// besideLock returns the process that ran here beside the lock. A line of the journal does not record that process; then besideLock returns
// the previous holder.
func besideLock(from, to *lockcore.Snapshot) lockcore.Process {
	if to.LocalDaemon.PID == 0 {
		return from.Holder
	}
	return to.LocalDaemon
}

func always(text string) func(from, to *lockcore.Snapshot) string {
	return func(_, _ *lockcore.Snapshot) string { return text }
}

// holderOf names the machine of a look's lock.
func (l *look) holderOf(s *lockcore.Snapshot) (text string, isName bool) {
	switch {
	case s.Record.IsZero():
		return "somebody unknown", false
	case s.OnThisHost():
		return Machine(), false
	}
	return l.name(s.Record)
}

// lockOf names a lock, even one without a holder.
func (l *look) lockOf(s *lockcore.Snapshot) string {
	if s.Record.IsZero() {
		return LockOf(s.Record)
	}
	whose, _ := l.holderOf(s)
	return "the lock of " + whose
}

// acquired says what the lock replaced if that was the lock of another computer, a stale or a corrupt one.
func acquired(from, to *lockcore.Snapshot) string {
	if to.State == lockcore.Stale { // no living process took it
		return "{to-lock} appeared, and its holder is gone"
	}
	switch from.State {
	case lockcore.HeldElsewhere:
		return "{taker} took over from {from} (PID {was})"
	case lockcore.Stale:
		return "{taker} took over a lock that {from} (PID {was}) had left behind"
	case lockcore.Corrupt:
		return "{taker} took over a corrupt lock"
	}
	return "{to} took the store"
}

// taker names the machine that holds the lock now, or the lockbar run that holds it here.
func (l *look) taker() (text string, isName bool) {
	if l.Holder.Kind == lockcore.LockbarRun {
		return local(l.Holder), false
	}
	return l.holderOf(l.Snapshot)
}

func released(from, _ *lockcore.Snapshot) string {
	switch {
	case from.Record.IsZero():
		return "Nobody holds the store any more"
	case from.State == lockcore.Stale:
		return "The lock that {from} had left behind is gone"
	}
	return "{from} no longer holds the store"
}

func takenOver(from, to *lockcore.Snapshot) string {
	text := "{to} took over from {from}"
	if from.Record.IsZero() {
		text = "{to} took the store over"
	}
	if to.State == lockcore.Contested && to.Reason != lockcore.OtherDaemonAlive {
		text += " while {program} still ran"
	}
	return text
}

func becameTwo(_, to *lockcore.Snapshot) string {
	switch to.Reason {
	case lockcore.LockMissing:
		return "The lock disappeared while {program} still ran"
	case lockcore.OtherDaemonAlive:
		return "Two daemons of the store ran at the same time"
	case lockcore.ConflictCopy:
		return "A conflict copy appeared beside the lock of {to}"
	}
	return "{to} and {program} both claimed the store"
}

func renamed(from, to *lockcore.Snapshot) string {
	if lockcore.SameHost(from.Host, to.Host) {
		return "{here} held the store under another name"
	}
	return "{here} was called {here-now} from then on"
}

func changed(from, to *lockcore.Snapshot) string {
	switch {
	case from.Record != to.Record && !from.Record.IsZero() && !to.Record.IsZero():
		return "{to} took the store again"
	case from.Conflicts != to.Conflicts:
		return "Conflict copies of the lock appeared or disappeared"
	}
	return "Details changed: " + past(to)
}

// past returns the text about the state of a look, with its fields, as part of a sentence in the past tense.
func past(s *lockcore.Snapshot) string { return judged(s.State, s.Reason).past }
