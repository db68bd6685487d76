package words

import (
	"lockbar/icons"
	"lockbar/lockcore"
)

// sign holds what represents a state without words.
type sign struct {
	Icon     icons.Kind
	Shape    string // a description of the icon, for those who cannot see it
	Colour   Colour // of its name on a terminal
	ExitCode int    // of status --exit-code
	Severity int    // the most severe state of several stores decides icon and exit code
}

// Colour is an SGR code of ECMA-48 for one of the terminal's own colours, which are legible on its own background.
type Colour string

const (
	Red     Colour = "31"
	boldRed Colour = "1;31"
	Green   Colour = "32"
	Yellow  Colour = "33"
	magenta Colour = "35"
	cyan    Colour = "36"
)

// Verdict classifies how much attention a state needs.
type Verdict uint8

const (
	Fine      Verdict = iota
	Attention         // somebody should attend to the store
	Blind             // Lockbar cannot read the store
)

// row holds the words for a state and its reason. Braces enclose the name of a field.
type row struct {
	reason   lockcore.Reason
	what, do string // status: the state; then a consequence, or what to do by hand
	brief    string // a list of stores: the state, in one to four words
	title    string // the menu: the state, without numbers and times; if empty, the menu uses what and do
	meaning  string // the menu: what it means or what to do; may be empty
	next     string // what the user can do, as half a sentence; empty if nothing, or if what and do say it
	now      string // the greeting, and a notification about an event that is over: the present state
	refused  string // unlock: how the store is in use
	instead  string // unlock: what to do instead of forcing it; if empty, unlock uses next
	past     string // the history: the state, in the past tense
	over     string // the history: begins the text about the end of the state
	verdict  Verdict
}

// stateRow holds the words for all reasons of a state. Each reason that lockcore gives has a row in reasons, which overrides them.
type stateRow struct {
	sign
	row
	reasons []row
}

// table holds the words for each state and reason.
var table = [...]stateRow{
	lockcore.Contested: {
		sign: sign{icons.Contested, "two padlocks, one with an exclamation mark", boldRed, 13, 6},
		row: row{
			brief:   "{two}",
			meaning: "Stop the one here (PID {daemon}): {stop-here}",
			now:     "Two daemons may write to the store now: see the Lockbar menu.",
			refused: "two processes claim the store",
			past:    "two daemons may have written to one store",
			over:    "Conflict resolved: ",
			verdict: Attention,
		},
		reasons: []row{
			{reason: lockcore.LocalDaemonAlive,
				what:  "{host} (PID {pid}) holds this store {since} while {local} still runs: {two} may write to one store",
				title: "{two}: {here} and {host}",
				next:  "stop one of the two daemons, here with: {stop-here}"},
			{reason: lockcore.LockMissing,
				what:    "The lock is gone while {local} still runs: another daemon may start, and {two} may write to one store",
				brief:   "lock is gone",
				title:   "A daemon runs here without its lock",
				meaning: "Restart it (PID {daemon}): {stop-here}, then start it again",
				next:    "restart the daemon, which then takes the lock: {stop-here}, then start it again"},
			{reason: lockcore.OtherDaemonAlive,
				what:    "{two} of this store run at the same time, and both may write to it: {rivals}",
				title:   "{two}: {rival-hosts}",
				next:    "stop one of the two daemons, here with: {stop-here}",
				refused: "{two} use it"},
			{reason: lockcore.ConflictCopy,
				what: "{host} (PID {pid}) holds this store {since} and a conflict copy of the lock names {rival}: " +
					"two daemons may write to one store",
				brief:   "two claims",
				title:   "Two claims: {to} and {rival-host}",
				meaning: "Stop the one you do not use: {stop}",
				next:    "stop all daemons but one, each on its computer ({stop}); then move the copies to the backups: {copies}"},
		},
	},
	lockcore.Corrupt: {
		sign: sign{icons.Corrupt, "a padlock with a question mark", Red, 14, 5},
		row: row{
			what:    "The lock is corrupt: its content is not valid ({problem}), so nobody can tell who holds this store",
			brief:   "corrupt lock",
			title:   "The lock is corrupt: its content is not valid",
			meaning: "Nobody can tell who holds this store",
			next:    "{unlock} (a backup is kept)",
			now:     "The lock is corrupt now: see the Lockbar menu.",
			past:    "the lock was corrupt",
			over:    "The lock was sound again: ",
			verdict: Attention,
		},
		reasons: []row{{reason: lockcore.NotJSON}, {reason: lockcore.BadField}},
	},
	lockcore.Stale: {
		sign: sign{icons.Stale, "a broken padlock", Yellow, 12, 4},
		row: row{
			brief:   "left behind",
			title:   "Left behind by {to}",
			next:    "{unlock} (a backup is kept)",
			now:     "A lock that {to} left behind is there now; the Lockbar menu can remove it.",
			past:    "{to} had left a lock behind",
			verdict: Attention,
		},
		reasons: []row{
			{reason: lockcore.ProcessGone,
				what:    staleLock + "its process (PID {pid}) is gone",
				meaning: "Its process is gone{removable}"},
			{reason: lockcore.ZombieProcess,
				what:    staleLock + "its process (PID {pid}) has ended, but its parent has not noticed yet",
				meaning: "Its process has ended{removable}"},
			{reason: lockcore.PIDRecycled,
				what:    staleLock + "PID {pid} is another program now, started after the lock was taken",
				meaning: "Another program has its PID now{removable}"},
			{reason: lockcore.OtherStore,
				what:    staleLock + "PID {pid} is the daemon of another store now",
				meaning: "Another store's daemon has its PID{removable}"},
			{reason: lockcore.WitnessGone,
				what:    "{host} left a lock behind, held {since}: that computer said that its process (PID {pid}) is gone (heard {ago})",
				meaning: "Its computer says it has ended{removable}"},
			{reason: lockcore.BeforeBoot,
				what:    staleLock + "{here} was restarted after the lock was taken",
				meaning: "From before the last restart{removable}"},
		},
	},
	lockcore.Unknown: {
		sign: sign{icons.Unknown, "a question mark in a ring", magenta, 15, 3},
		row: row{
			brief:   "cannot be read",
			now:     "Nobody can tell who holds the store now: see the Lockbar menu.",
			what:    "The lock cannot be judged",
			do:      "look at it by hand",
			past:    "the lock could not be read",
			over:    "The lock could be read again: ",
			verdict: Attention,
		},
		reasons: []row{
			{},
			{reason: lockcore.StoreMissing,
				what:    "The store is not there",
				do:      "the iai-mcp daemon creates it at its first start; if it ran before, check the path and where its links lead",
				brief:   "not there",
				now:     "The store is missing. Lockbar will show when it appears.",
				title:   "The store is not there",
				meaning: "The daemon creates it; if it ran before, check the path",
				past:    "the store was not there",
				over:    "The store appeared: "},
			{reason: lockcore.NotADirectory,
				what:    "A file stands where the store, or a directory above it, should be",
				do:      "move it away, or name another store",
				brief:   "no directory",
				title:   "A file is in the place of the store",
				meaning: "Move it away, or name another store",
				past:    "a file stood in the place of the store"},
			{reason: lockcore.Permission, verdict: Blind,
				what:    "The lock cannot be read, because this user has no permission ({problem})",
				do:      "check who owns the store and its .locked file{privacy}",
				title:   "The lock cannot be read: no permission",
				meaning: "Check who owns it{folders}",
				past:    "the lock could not be read: no permission"},
			{reason: lockcore.IOError, verdict: Blind,
				what:    "The lock cannot be read ({problem})",
				do:      "check the disk or the network drive",
				title:   "The lock cannot be read",
				meaning: "Check the disk or the network drive ({problem})"},
			{reason: lockcore.NotDownloaded,
				what:    "The lock cannot be read, because it is in the cloud only ({problem})",
				do:      "have the sync program download the store to see who holds it",
				brief:   "not downloaded",
				title:   "The lock is in the cloud only",
				meaning: "Have the sync program download the store",
				past:    "the lock was in the cloud only"},
			{reason: lockcore.Timeout, verdict: Blind,
				what:    "The lock cannot be read in time ({problem})",
				do:      "check whether the network drive or the sync program answers",
				title:   "The lock cannot be read: no answer in time",
				meaning: "Check the network drive or the sync program",
				past:    "the lock could not be read in time"},
			{reason: lockcore.NotARegularFile,
				what:    "The lock is not a regular file ({problem})",
				do:      "look at it by hand and move it away if no daemon needs it",
				title:   "The lock is not a regular file",
				meaning: "Move it away by hand if no daemon needs it",
				past:    "the lock was not a regular file"},
			{reason: lockcore.TooManyFiles, verdict: Blind,
				what:    "The lock cannot be read ({problem}), which says nothing about the store",
				do:      "raise the limit on open files (ulimit -n), or end programs that have many open",
				title:   "The lock cannot be read: too many open files",
				meaning: "End programs that have many open, or raise ulimit -n",
				past:    "too many files were open to read the lock"},
			{reason: lockcore.TooLarge,
				what:    "The lock is larger than any daemon writes (above 64 KiB)",
				do:      "look at it by hand and move it away if no daemon needs it",
				title:   "The lock is larger than any daemon writes",
				meaning: "Move it away by hand if no daemon needs it",
				past:    "the lock was larger than any daemon writes"},
		},
	},
	lockcore.HeldElsewhere: {
		sign: sign{icons.HeldElsewhere, "a padlock and a screen", cyan, 11, 2},
		row:  row{now: "{host} holds the store now."},
		reasons: []row{{
			what:    "{host} (another computer, PID {pid}) holds this store {since}",
			do:      "whether it still runs there cannot be verified from here",
			brief:   "held by {host}",
			title:   "Held by {host}",
			meaning: "Another computer; its daemon may or may not still run",
			next:    "stop the daemon there; if that computer is gone: {unlock} (a backup is kept)",
			past:    "{to} held the store",
		}},
	},
	lockcore.HeldHere: {
		sign: sign{icons.HeldHere, "a closed padlock", Green, 10, 1},
		row: row{
			brief:   "held by {here}",
			title:   "Held by {here}",
			now:     "A program on {here} holds the store now.",
			refused: "it is in use",
			instead: "Let it end",
			past:    "{to} held the store",
		},
		reasons: []row{
			{what: "{host} ({here}) holds this store {since}: {who}"}, // the usual case: the menu adds nothing
			{reason: lockcore.RenamedHost,
				what:    "{host} ({here} under an earlier name) holds this store {since}: {who}",
				meaning: "The lock names {here} by an earlier name: {host}"},
			{reason: lockcore.StoreOpen,
				what:    "{host} holds this store {since}: {who} here, and PID {pid} in its container",
				meaning: "Its daemon runs in a container, as PID {holder} here"},
		},
	},
	lockcore.Unlocked: {
		sign: sign{icons.Unlocked, "an open padlock", Green, 0, 0},
		row:  row{now: "Nobody holds the store now, so you can work here."},
		reasons: []row{{
			what:  "Nobody holds this store, which is normal while iai-mcp has nothing to do",
			brief: "unlocked",
			title: "Unlocked: nobody holds the store",
			past:  "nobody held the store",
		}},
	},
}

const staleLock = "{host} ({here}) left a lock behind, held {since}: "
