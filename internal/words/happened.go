package words

import (
	"strconv"
	"strings"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// happenings has one row for each event: what happened, in the past, without time and full stop. {to} and {from} hold the
// store after and before: a host, or this machine. {to-lock} and {from-lock} are their locks, whoever is named in them,
// {local} is what ran here beside the lock, {name} is what this machine is called now, {taker} is who took a lock that was
// there, whose process was {was}.
var happenings = map[watch.Event]func(from, to lockcore.Snapshot) string{
	watch.Initial:     func(_, to lockcore.Snapshot) string { return "Lockbar started: " + standing(to) },
	watch.Acquired:    acquired,
	watch.Released:    released,
	watch.TakenOver:   takenOver,
	watch.WentStale:   always("{to} left its lock behind"),
	watch.BecameTwo:   becameTwo,
	watch.Corrupted:   always("The lock turned into something that no daemon wrote"),
	watch.Unreadable:  func(_, to lockcore.Snapshot) string { return unreadable(to) },
	watch.Cleared:     cleared,
	watch.WasRemoved:  always("{from-lock} was removed"),
	watch.WasRestored: always("{to-lock} was put back"),
	watch.Resurrected: always("{to-lock} came back by itself"),
	watch.Renamed:     renamed,
	watch.Changed:     changed,
}

// Happened says in a few words what happened between two looks, for a history: "mac-mini took over from this Mac". A zero
// from is no look.
func Happened(event watch.Event, from, to lockcore.Snapshot) string {
	say, ok := happenings[event]
	if !ok {
		say = changed
	}
	return capital(strings.NewReplacer(
		"{from}", holderOf(from),
		"{to}", holderOf(to),
		"{from-lock}", lockOf(from),
		"{to-lock}", lockOf(to),
		"{here}", Machine(),
		"{local}", localProgram(from, to),
		"{name}", Clean(to.Host),
		"{taker}", taker(to),
		"{was}", strconv.Itoa(from.Record.PID),
	).Replace(say(from, to))) // in one pass, so that a host called {to} stays what it is
}

// localProgram is Local without the process, which is history. A line of the journal knows only who held the lock before.
func localProgram(from, to lockcore.Snapshot) string {
	p := to.LocalDaemon
	if p.PID == 0 {
		p = from.Holder
	}
	what, _, _ := strings.Cut(Local(p), " (")
	return what
}

func always(text string) func(from, to lockcore.Snapshot) string {
	return func(_, _ lockcore.Snapshot) string { return text }
}

// holderOf is the machine that a look's lock names.
func holderOf(s lockcore.Snapshot) string {
	switch {
	case s.Record.IsZero():
		return "somebody unknown"
	case s.OnThisHost():
		return Machine()
	}
	return Host(s.Record)
}

// lockOf is for a sentence that holds even where the lock names nobody.
func lockOf(s lockcore.Snapshot) string {
	if s.Record.IsZero() {
		return "a lock that no daemon wrote"
	}
	return "the lock of " + holderOf(s)
}

// acquired says from whom the lock was taken, where another one was replaced.
func acquired(from, to lockcore.Snapshot) string {
	switch from.State {
	case lockcore.HeldElsewhere:
		return "{taker} took over from {from} (process {was})"
	case lockcore.Stale:
		return "{taker} took over a lock that {from} (process {was}) had left behind"
	case lockcore.Corrupt:
		return "{taker} took over a lock that no daemon wrote"
	}
	return "{to} took the store"
}

// taker is the machine that holds the lock now, or the lockbar run here that does.
func taker(s lockcore.Snapshot) string {
	if s.Holder.Kind == lockcore.LockbarRun {
		return Local(s.Holder)
	}
	return holderOf(s)
}

func released(from, _ lockcore.Snapshot) string {
	if from.Record.IsZero() {
		return "Nobody holds the store any more"
	}
	return "{from} no longer holds the store"
}

func takenOver(from, to lockcore.Snapshot) string {
	text := "{to} took over from {from}"
	if from.Record.IsZero() {
		text = "{to} took the store over"
	}
	if to.State == lockcore.Contested {
		text += " while {local} still ran"
	}
	return text
}

func becameTwo(_, to lockcore.Snapshot) string {
	switch to.Reason {
	case lockcore.LockMissing:
		return "The lock went while {local} still ran"
	case lockcore.ConflictCopy:
		return "A conflict copy of the lock appeared beside that of {to}"
	}
	return "{to} and {local} both claimed the store"
}

// unreadables says why a lock could not be read.
var unreadables = map[lockcore.Reason]string{
	lockcore.StoreMissing:    "the store was not there",
	lockcore.NotADirectory:   "a file stood in the place of the store",
	lockcore.Permission:      "the lock could not be read: no permission",
	lockcore.NotDownloaded:   "the lock was in the cloud only",
	lockcore.Timeout:         "the lock could not be read in time",
	lockcore.NotARegularFile: "the lock was no regular file",
	lockcore.TooManyFiles:    "too many files were open to read the lock",
	lockcore.TooLarge:        "the lock was larger than any daemon writes",
}

func unreadable(s lockcore.Snapshot) string {
	if text, ok := unreadables[s.Reason]; ok {
		return text
	}
	return "the lock could not be read"
}

// ends says what was over, by the state before.
var ends = map[lockcore.State]string{
	lockcore.Contested: "No two claims any more: ",
	lockcore.Corrupt:   "The lock was sound again: ",
	lockcore.Unknown:   "The lock could be read again: ",
}

func cleared(from, to lockcore.Snapshot) string {
	if from.Reason == lockcore.StoreMissing {
		return "The store appeared: " + standing(to)
	}
	return ends[from.State] + standing(to)
}

func renamed(from, to lockcore.Snapshot) string {
	if lockcore.SameHost(from.Host, to.Host) {
		return "{here} held the store under another name"
	}
	return "{here} was called {name} from now on"
}

func changed(from, to lockcore.Snapshot) string {
	switch {
	case from.Record != to.Record && !from.Record.IsZero() && !to.Record.IsZero():
		return "{to} took the store anew"
	case from.Conflicts != to.Conflicts:
		return "Conflict copies of the lock came or went"
	}
	return "Something else changed: " + standing(to)
}

// standings says what held, in the middle of a sentence.
var standings = map[lockcore.State]string{
	lockcore.Unlocked:      "nobody held the store",
	lockcore.HeldHere:      "{to} held the store",
	lockcore.HeldElsewhere: "{to} held the store",
	lockcore.Stale:         "{to} had left a lock behind",
	lockcore.Contested:     "two daemons may have written to one store",
	lockcore.Corrupt:       "the lock was something that no daemon wrote",
}

func standing(s lockcore.Snapshot) string {
	if text, ok := standings[s.State]; ok {
		return text
	}
	return unreadable(s)
}

// capital begins a sentence; a host keeps the case that it has, since that is its name.
func capital(s string) string {
	for _, start := range []string{"the ", "a ", "an ", "this ", "nobody ", "somebody "} {
		if strings.HasPrefix(s, start) {
			return strings.ToUpper(s[:1]) + s[1:]
		}
	}
	return s
}
