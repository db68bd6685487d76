package lockcore

import (
	"fmt"
	"time"
)

// State is what a look at the store says about its lock. The zero value is Unknown.
type State uint8

const (
	Unknown       State = iota // we cannot tell; Reason says why
	Unlocked                   // the store is there and has no lock
	HeldHere                   // our host, and the process is there
	HeldElsewhere              // another host's name; never called stale by age
	Stale                      // our host, and proof that the holder is gone
	Contested                  // two claims at once
	Corrupt                    // something is there that no daemon wrote
)

// States lists every state, in the order of the constants.
func States() []State {
	return []State{Unknown, Unlocked, HeldHere, HeldElsewhere, Stale, Contested, Corrupt}
}

var stateNames = [...]string{"unknown", "unlocked", "held-here", "held-elsewhere", "stale", "contested", "corrupt"}

// String is the stable name of the state, as in JSON.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// MarshalText writes the stable name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a stable name; any other text is an error.
func (s *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("lockcore: no state is called %q", text)
}

// Reason says why a state is what it is; stable, kebab-case, empty where the state says it all.
type Reason string

const (
	StoreMissing     Reason = "store-missing"
	NotADirectory    Reason = "not-a-directory"
	Permission       Reason = "permission"
	IOError          Reason = "io-error"
	NotDownloaded    Reason = "not-downloaded"
	Timeout          Reason = "timeout"
	NotARegularFile  Reason = "not-a-regular-file"
	TooLarge         Reason = "too-large"
	TooManyFiles     Reason = "too-many-files"
	NotJSON          Reason = "not-json"
	BadField         Reason = "bad-field"
	ProcessGone      Reason = "process-gone"
	ZombieProcess    Reason = "zombie"
	PIDRecycled      Reason = "pid-recycled"
	OtherStore       Reason = "other-store"
	BeforeBoot       Reason = "before-boot"
	WitnessGone      Reason = "witness-gone"
	RenamedHost      Reason = "renamed-host"
	StoreOpen        Reason = "store-open"
	LocalDaemonAlive Reason = "local-daemon-alive"
	OtherDaemonAlive Reason = "other-daemon-alive"
	LockMissing      Reason = "lock-missing"
	ConflictCopy     Reason = "conflict-copy"
)

// Reasons lists every reason but the empty one.
func Reasons() []Reason {
	return []Reason{StoreMissing, NotADirectory, Permission, IOError, NotDownloaded, Timeout, NotARegularFile, TooLarge, TooManyFiles,
		NotJSON, BadField, ProcessGone, ZombieProcess, PIDRecycled, OtherStore, BeforeBoot, WitnessGone, RenamedHost, StoreOpen, LocalDaemonAlive,
		OtherDaemonAlive, LockMissing, ConflictCopy}
}

const (
	// Tolerance is how far a process' start and a boot may be off before they prove anything: Linux start times were
	// seen 0.9 s off, and a clock is slewed.
	Tolerance = 5 * time.Second
	// MaxStartup is the longest that a daemon takes from its start to its lock; beyond it a matching PID proves no rename.
	MaxStartup = 10 * time.Minute
	// MissingAfter is how long a remembered holder may outlive its lock before that is no orderly end any more.
	MissingAfter = 30 * time.Second
)

// evidence is all that classify may know. The zero value says nothing and gives Unknown.
type evidence struct {
	Unreadable Reason    // why the lock could not be read, or empty
	Absent     bool      // the store was read and has no lock
	Malformed  Reason    // NotJSON or BadField: there is a file, and it is no record
	Record     Record    // what the lock says
	Changed    time.Time // ctime of its file; zero where it says nothing
	OurHost    bool      // the record names this host, and is no claim of another one of that name
	Holder     Process   // the process here that has the record's PID
	Self       bool      // it is the one that looks
	Took       bool      // which acquired this lock, and has not released it
	Boot       time.Time
	// ClockStepped: the clock was set since the machine started, so that start and boot times prove nothing.
	ClockStepped bool
	// TookAnew: this PID held the lock under our own name with another started_at, so a foreign record with the same
	// PID is a takeover and no rename.
	TookAnew bool
	// SameClaim: this PID held the lock under our own name with this very started_at, and runs still. A rename of this host
	// keeps both; another host would have to take the lock in the same microsecond, by a process of the same number.
	SameClaim bool

	// InnerHolder: a process that has the record's PID in its own PID namespace is a daemon of this store, or has its database
	// open.
	InnerHolder bool
	// StoreOpener: a daemon of this store has its database open.
	StoreOpener bool
	// DaemonRuns: a daemon of this store, or a lockbar run, runs here, whatever it is known by.
	DaemonRuns bool

	// A daemon of this store runs here and held the lock: it is named by .daemon-state.json, by a conflict copy, or it started
	// before a lock of another machine appeared here.
	StateDaemon, CopyDaemon, EarlierDaemon bool
	// Remembered: the process that held the lock here at an earlier look still runs; GoneFor: since when without a lock.
	Remembered bool
	GoneFor    time.Duration
	// RivalCopy: a conflict copy that still counts names another holder than the lock. RivalCopies: two of them name two others.
	// RivalUnheard: no machine says that its daemon took it.
	RivalCopy, RivalCopies, RivalUnheard bool

	// What other machines say: Witnessed, that the lock's holder ran on one of them and is gone; NameTaken, that one of them has the
	// host name of the lock; TakenElsewhere, that the daemon of one of them took this very lock.
	Witnessed, NameTaken, TakenElsewhere bool
	// SawHolder: this machine saw the holder of this very lock run here.
	SawHolder   bool
	PeerDaemons int  // how many daemons of this store run on other machines
	PeerMissing bool // one of them has run without a lock for longer than any order of their words explains
}

// classify is the table of states: evidence in, state and reason out. It looks at nothing else.
func classify(e evidence) (State, Reason) {
	state, reason := classifyLock(e)
	switch {
	case state == Unknown || state == Contested:
	case e.PeerDaemons > 1 || e.PeerDaemons == 1 && runsHere(e, state):
		return Contested, OtherDaemonAlive
	case e.PeerMissing:
		return Contested, LockMissing
	}
	return state, reason
}

// classifyLock judges the lock, and who else claims it here.
func classifyLock(e evidence) (State, Reason) {
	switch {
	case e.Unreadable != "":
		return Unknown, e.Unreadable
	case e.Absent:
		return classifyAbsent(e)
	case e.Malformed != "":
		return Corrupt, e.Malformed
	case e.Record.IsZero():
		return Unknown, IOError
	case e.OurHost:
		return classifyOurs(e)
	}
	return classifyForeign(e)
}

// runsHere reports whether a daemon of this store that holds it, or held it, runs here.
func runsHere(e evidence, state State) bool {
	holds := state == HeldHere && (e.Holder.takesLocks() || e.InnerHolder || e.StoreOpener)
	return holds || e.StateDaemon || e.CopyDaemon || e.EarlierDaemon || e.Remembered && !e.Absent
}

func classifyAbsent(e evidence) (State, Reason) {
	if e.StateDaemon || e.CopyDaemon || e.Remembered && e.GoneFor >= MissingAfter {
		return Contested, LockMissing
	}
	return Unlocked, ""
}

func classifyOurs(e evidence) (State, Reason) {
	why := staleProof(e)
	gone := why != "" && !e.InnerHolder && !e.StoreOpener // such a claim contests nobody who speaks for himself
	switch {
	case e.RivalCopies, e.RivalCopy && (!gone || e.RivalUnheard):
		return Contested, ConflictCopy
	case gone:
		return Stale, why
	case why != "":
		return HeldHere, StoreOpen
	}
	return HeldHere, ""
}

func classifyForeign(e evidence) (State, Reason) {
	switch {
	case renamed(e):
		return HeldHere, RenamedHost
	case e.InnerHolder:
		return HeldHere, StoreOpen
	case e.Witnessed && e.RivalCopies:
		return Contested, ConflictCopy
	case e.Witnessed:
		return Stale, WitnessGone // also beside a daemon here, which runs without its lock then
	case e.StateDaemon || e.CopyDaemon || e.EarlierDaemon || e.Remembered:
		return Contested, LocalDaemonAlive
	case e.RivalCopy:
		return Contested, ConflictCopy
	}
	return HeldElsewhere, ""
}
