package tray

import (
	"fmt"
	"strings"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Rules for the text of the menu: a line says one thing, in sentence case and without a full stop; what can be clicked is
// in title case, as Mac users know it; the host comes before the number; every stranger's word goes through words.Clean.

// row is what one state shows.
type row struct {
	icon    icons.Kind
	title   func(lockcore.Snapshot) string // what is, without numbers and times
	meaning func(lockcore.Snapshot) string // what it means or what to do; may be empty
}

// rows has one row for each state.
var rows = map[lockcore.State]row{
	lockcore.Unknown:       {icons.Unknown, unknownTitle, unknownMeaning},
	lockcore.Unlocked:      {icons.Unlocked, constant("Unlocked: nobody holds the store"), constant("")},
	lockcore.HeldHere:      {icons.HeldHere, hereTitle, hereMeaning},
	lockcore.HeldElsewhere: {icons.HeldElsewhere, elsewhereTitle, elsewhereMeaning},
	lockcore.Stale:         {icons.Stale, staleTitle, staleMeaning},
	lockcore.Contested:     {icons.Contested, contestedTitle, contestedMeaning},
	lockcore.Corrupt:       {icons.Corrupt, constant("Corrupt lock: no daemon wrote it"), constant("Nobody can tell who holds this store")},
}

// notSeen is the row of a store before the first look at it.
var notSeen = row{icons.Unknown, constant("Looking at the store"), constant("")}

func rowOf(s lockcore.Snapshot) row {
	if s == (lockcore.Snapshot{}) {
		return notSeen
	}
	return rows[s.State]
}

func constant(text string) func(lockcore.Snapshot) string {
	return func(lockcore.Snapshot) string { return text }
}

// unknownTitle and unknownMeaning share the sentence of words.Detail: what is, then what to do by hand.
func unknownTitle(s lockcore.Snapshot) string   { title, _ := unknown(s); return title }
func unknownMeaning(s lockcore.Snapshot) string { _, meaning := unknown(s); return meaning }

func unknown(s lockcore.Snapshot) (title, meaning string) {
	sentence := strings.TrimSuffix(words.Detail(s, time.Time{}), ".")
	title, meaning, _ = strings.Cut(sentence, "; ")
	return title, capital(meaning)
}

func hereTitle(s lockcore.Snapshot) string {
	return "Held by " + words.Host(s.Record) + ", " + words.Machine()
}

// hereMeaning is silent about the usual: the daemon, under our name.
func hereMeaning(s lockcore.Snapshot) string {
	switch {
	case s.Reason == lockcore.RenamedHost:
		return "That is an earlier name of " + words.Machine()
	case !s.NamesHolder():
		return capital(words.Holder(s)) + ", has the database open; the one in the lock does not run"
	case s.Reason == lockcore.StoreOpen:
		return fmt.Sprintf("Its daemon runs in a container, as process %d of %s", s.Holder.PID, words.Machine())
	case s.Holder.Kind == lockcore.LockbarRun, s.Holder.Kind == lockcore.OtherProgram:
		return capital(words.Holder(s))
	}
	return ""
}

func elsewhereTitle(s lockcore.Snapshot) string { return "Held by " + words.Host(s.Record) }

func elsewhereMeaning(s lockcore.Snapshot) string {
	if s.Alias {
		return capital(words.Machine()) + " once had that name, which alone proves nothing"
	}
	return "Another computer: whether it still runs there cannot be verified from here"
}

func staleTitle(s lockcore.Snapshot) string { return "Left behind by " + words.Host(s.Record) }

// staleProofs says what each reason proves.
var staleProofs = map[lockcore.Reason]string{
	lockcore.ProcessGone:   "Its process is gone",
	lockcore.ZombieProcess: "Its process has ended",
	lockcore.PIDRecycled:   "Another program has its process number now",
	lockcore.OtherStore:    "Its process number is that of another store's daemon now",
	lockcore.BeforeBoot:    "It is from before the last restart",
}

func staleMeaning(s lockcore.Snapshot) string {
	if s.InUse() {
		return staleProofs[s.Reason] + ", but a process here uses the store: leave the lock to it"
	}
	return staleProofs[s.Reason] + ": nobody holds the store, and the lock can be removed"
}

// contestedTitle ends with the host in the lock, whose PID follows it.
func contestedTitle(s lockcore.Snapshot) string {
	switch s.Reason {
	case lockcore.LockMissing:
		return "The lock is gone, and " + held(s.LocalDaemon) + " still runs"
	case lockcore.ConflictCopy:
		return "Two claims: a conflict copy and " + words.Host(s.Record)
	}
	return capital(words.Two(s.LocalDaemon)) + ": " + words.Machine() + " and " + words.Host(s.Record)
}

// held is what had the lock that is gone.
func held(p lockcore.Process) string {
	if p.Kind == lockcore.Daemon {
		return "the daemon"
	}
	return "its holder"
}

func contestedMeaning(s lockcore.Snapshot) string {
	switch {
	case s.LocalDaemon.PID == 0:
		return "Two daemons may write to one store: stop the one that you do not use with " + words.StopCommand
	case s.LocalDaemon.Kind != lockcore.Daemon:
		return capital(words.Local(s.LocalDaemon)) + " still runs: let it end, or end it"
	}
	return fmt.Sprintf("The daemon here (PID %d) still runs: stop it with %s", s.LocalDaemon.PID, words.StopCommand)
}

// capital makes a part of a sentence a line of its own.
func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
