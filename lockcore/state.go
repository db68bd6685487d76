package lockcore

import (
	"fmt"
	"time"
)

// State classifies a store's lock. The zero value is Unknown.
type State uint8

const (
	Unknown       State = iota // the state cannot be determined; Reason tells why
	Unlocked                   // the store exists and has no lock
	HeldHere                   // a process on this host holds the store
	HeldElsewhere              // the lock is another host's; its age never makes it stale
	Stale                      // there is proof that the holder is gone
	Contested                  // there are two claims at once, or a daemon runs without its lock
	Corrupt                    // the content of the lock is not a record
)

// States lists every state, in the order of the constants.
func States() []State {
	return []State{Unknown, Unlocked, HeldHere, HeldElsewhere, Stale, Contested, Corrupt}
}

var stateNames = [...]string{"unknown", "unlocked", "held-here", "held-elsewhere", "stale", "contested", "corrupt"}

// String returns the stable name of the state, as in JSON.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// MarshalText returns the stable name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts a stable name; any other text is an error.
func (s *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("lockcore: unknown state %q", text)
}

// Reason explains a state. It is stable, in kebab case, and empty if the state needs no reason.
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

// Reasons lists every reason except the empty one.
func Reasons() []Reason {
	return []Reason{StoreMissing, NotADirectory, Permission, IOError, NotDownloaded, Timeout, NotARegularFile, TooLarge, TooManyFiles,
		NotJSON, BadField, ProcessGone, ZombieProcess, PIDRecycled, OtherStore, BeforeBoot, WitnessGone, RenamedHost, StoreOpen, LocalDaemonAlive,
		OtherDaemonAlive, LockMissing, ConflictCopy}
}

const (
	// Tolerance bounds the error of a process's start and of a boot time: a smaller difference proves nothing. Linux start times were
	// seen 0.9 s off, and a clock may be slewed.
	Tolerance = 5 * time.Second
	// MaxStartup is the longest time that a daemon takes from its start to its lock. After a longer one, a matching PID does not prove
	// that the process took the lock.
	MaxStartup = 10 * time.Minute
	// MissingAfter is how long a remembered holder must outlive its lock before the lock counts as lost rather than released.
	MissingAfter = 30 * time.Second
)

// evidence holds all facts that classify may use. The zero value yields Unknown.
type evidence struct {
	Unreadable Reason    // why the lock could not be read, or empty
	Absent     bool      // the store was read and has no lock
	Malformed  Reason    // NotJSON or BadField: there is a file, but it is not a record
	Record     Record    // content of the lock
	Changed    time.Time // ctime of the lock file; zero if unknown
	OurHost    bool      // the record names this host, and is not another machine's of the same name
	Holder     Process   // the process here with the record's PID
	Self       bool      // Holder is this process
	Took       bool      // this process acquired the lock and has not released it
	Boot       time.Time
	// ClockStepped means that the clock was set since the first look in this boot, so that start and boot times prove nothing.
	ClockStepped bool
	// OtherClaim means that the process with this PID held a lock under our own name with another started_at, so that this lock is not its
	// own: under a foreign name it is a takeover rather than a rename.
	OtherClaim bool
	// SameClaim means that the process with this PID held the lock under our own name with the same started_at, and still runs. A rename
	// of this host keeps PID and started_at; another host would have to take the lock in the same microsecond with the same PID.
	SameClaim bool

	// InnerHolder means that a process that has the record's PID in its own PID namespace is a daemon of this store, or has the
	// store's database open.
	InnerHolder bool
	// StoreOpener means that the lock is this host's, and a daemon of this store has the database open.
	StoreOpener bool
	// DaemonRuns means that the process table shows a daemon or a lockbar run of this store.
	DaemonRuns bool

	// These mean that a daemon of this store runs here and held the lock: .daemon-state.json names it, a conflict copy names it, or it
	// started before another machine's lock appeared here (a lockbar run: before any lock that does not name it).
	StateDaemon, CopyDaemon, EarlierDaemon bool
	// Remembered means that the process that held the lock here at an earlier look still runs. GoneFor is the time for which the lock has
	// been missing.
	Remembered bool
	GoneFor    time.Duration
	// RivalCopy means that a current conflict copy names another holder than the lock. RivalCopies means that two such copies name
	// different holders. RivalUnreported means that at least one of these copies is of a lock that no machine reports
	// its own daemon to have taken.
	RivalCopy, RivalCopies, RivalUnreported bool

	// These are reports of other machines. Witnessed means that the lock's holder ran on one of them and is gone, NameTaken that one of
	// them has the host name of the lock, TakenElsewhere that the daemon of one of them took this very lock.
	Witnessed, NameTaken, TakenElsewhere bool
	// SawHolder means that this machine saw the holder of this very lock run here.
	SawHolder   bool
	PeerDaemons int  // number of daemons of this store on other machines
	PeerMissing bool // one of these has run without a lock for longer than a slow sync explains
}

// classify maps evidence to a state and its reason, and uses nothing but the evidence.
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

// classifyLock judges the lock and the other claims to the store here.
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

// runsHere reports whether a daemon that holds or held this store runs here.
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
	gone := why != "" && !e.InnerHolder && !e.StoreOpener // then a copy whose daemon another machine reports does not contest the lock
	switch {
	case e.RivalCopies, e.RivalCopy && (!gone || e.RivalUnreported):
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
		return Stale, WitnessGone // even beside a daemon here, which then runs without its lock
	case e.StateDaemon || e.CopyDaemon || e.EarlierDaemon || e.Remembered:
		return Contested, LocalDaemonAlive
	case e.RivalCopy:
		return Contested, ConflictCopy
	}
	return HeldElsewhere, ""
}
