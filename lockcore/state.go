package lockcore

import (
	"fmt"
	"slices"
	"strings"
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
	Permission       Reason = "permission"
	IOError          Reason = "io-error"
	NotDownloaded    Reason = "not-downloaded"
	Timeout          Reason = "timeout"
	NotARegularFile  Reason = "not-a-regular-file"
	TooLarge         Reason = "too-large"
	NotJSON          Reason = "not-json"
	BadField         Reason = "bad-field"
	ProcessGone      Reason = "process-gone"
	ZombieProcess    Reason = "zombie"
	PIDRecycled      Reason = "pid-recycled"
	BeforeBoot       Reason = "before-boot"
	RenamedHost      Reason = "renamed-host"
	LocalDaemonAlive Reason = "local-daemon-alive"
	LockMissing      Reason = "lock-missing"
	ConflictCopy     Reason = "conflict-copy"
)

// Reasons lists every reason but the empty one.
func Reasons() []Reason {
	return []Reason{StoreMissing, Permission, IOError, NotDownloaded, Timeout, NotARegularFile, TooLarge, NotJSON, BadField,
		ProcessGone, ZombieProcess, PIDRecycled, BeforeBoot, RenamedHost, LocalDaemonAlive, LockMissing, ConflictCopy}
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

// Evidence is all that Classify may know. The zero value says nothing and gives Unknown.
type Evidence struct {
	Unreadable Reason  // why the lock could not be read, or empty
	Absent     bool    // the store was read and has no lock
	Malformed  Reason  // NotJSON or BadField: there is a file, and it is no record
	Record     Record  // what the lock says
	OurHost    bool    // the record names this host
	Holder     Process // the process here that has the record's PID
	Self       bool    // it is the one that looks
	Boot       time.Time
	// ClockStepped: the clock was set since the machine started, so that start and boot times prove nothing.
	ClockStepped bool
	// TookAnew: this PID held the lock under our own name with another started_at, so a foreign record with the same
	// PID is a takeover and no rename.
	TookAnew bool
	// SameClaim: this PID held the lock under our own name with this very started_at, and runs still. A rename of this host
	// keeps both; another host would have to take the lock in the same microsecond, by a process of the same number.
	SameClaim bool
	// StateDaemon: .daemon-state.json names a process here whose command line is the daemon's.
	StateDaemon bool
	// Remembered: the process that held the lock here at an earlier look still runs; GoneFor: since when without a lock.
	Remembered bool
	GoneFor    time.Duration
	RivalCopy  bool // a conflict copy that is not superseded names another holder than the lock
}

// Classify is the table of DESIGN.md §3: evidence in, state and reason out. It looks at nothing else.
func Classify(e Evidence) (State, Reason) {
	switch {
	case e.Unreadable != "":
		return Unknown, e.Unreadable
	case e.Absent:
		return classifyAbsent(e)
	case e.Malformed != "":
		return Corrupt, e.Malformed
	case e.Record.IsZero():
		return Unknown, IOError
	}
	return classifyRecord(e)
}

func classifyAbsent(e Evidence) (State, Reason) {
	if e.StateDaemon || e.Remembered && e.GoneFor >= MissingAfter {
		return Contested, LockMissing
	}
	return Unlocked, ""
}

func classifyRecord(e Evidence) (State, Reason) {
	if !e.OurHost && renamed(e) {
		return HeldHere, RenamedHost
	}
	if !e.OurHost && (e.StateDaemon || e.Remembered) {
		return Contested, LocalDaemonAlive
	}
	if e.RivalCopy {
		return Contested, ConflictCopy
	}
	if !e.OurHost {
		return HeldElsewhere, ""
	}
	if why := StaleProof(e); why != "" {
		return Stale, why
	}
	return HeldHere, ""
}

// StaleProof is the first proof that a holder on this host is gone, or empty.
//
// A running process whose command line is the daemon's is never proven gone by clocks, although DESIGN.md §3 has it so: a
// clock that is set forward before the first look moves its start behind the lock that it took, and the store would be taken
// from a live daemon. A daemon of another store that got the number of a dead one is so taken for the holder while it runs, as
// today's daemons take it; force removes such a lock. The process that looks is left out: it would find itself the holder of
// the lock of a predecessor with its number (in a container always the same), and could never take it.
func StaleProof(e Evidence) Reason {
	switch {
	case beforeBoot(e):
		return BeforeBoot
	case e.Holder.Status == Gone:
		return ProcessGone
	case e.Holder.Status == Zombie:
		return ZombieProcess
	case recycled(e):
		return PIDRecycled
	}
	return ""
}

// beforeBoot: the lock is older than this run of the machine. A process that is there and older than the lock says that
// the boot time is what is wrong (the clock was set after both began, or ran unlike the one that counts from the boot):
// then nothing is proven.
func beforeBoot(e Evidence) bool {
	taken, known := e.Record.Started()
	if !known || e.ClockStepped || e.Boot.IsZero() || !taken.Before(e.Boot.Add(-Tolerance)) {
		return false
	}
	return e.Holder.Status != Running || e.Holder.Started.IsZero() && !daemonRuns(e) || recycled(e)
}

// recycled: the process with the holder's PID started after the lock was taken.
func recycled(e Evidence) bool {
	taken, known := e.Record.Started()
	return known && !e.ClockStepped && e.Holder.Status == Running && !e.Holder.Started.IsZero() && !daemonRuns(e) &&
		e.Holder.Started.After(taken.Add(Tolerance))
}

// daemonRuns: under the holder's PID, and it is not we.
func daemonRuns(e Evidence) bool {
	return e.Holder.Status == Running && startsDaemon(e.Holder.Command) && !e.Self
}

// startsDaemon: python -m iai_mcp.daemon, or lockbar run, and nothing that only has it in a file's name.
func startsDaemon(command string) bool {
	return slices.ContainsFunc(strings.Fields(command), func(argument string) bool {
		return strings.TrimPrefix(argument, "--as=") == DaemonArgument
	})
}

// renamed is the proof that a record under a foreign name is our own daemon's: the PID runs here, and it is the claim that
// was seen under our own name, or the process is iai-mcp by its command line and started before the lock was taken, by at
// most MaxStartup. A started_at that is no time may be a constant, and proves neither.
func renamed(e Evidence) bool {
	taken, known := e.Record.Started()
	if !known || e.Holder.Status != Running {
		return false
	}
	if e.SameClaim {
		return true
	}
	if e.ClockStepped || e.TookAnew || e.Holder.Started.IsZero() || !e.Holder.IsOurs() {
		return false
	}
	age := taken.Sub(e.Holder.Started)
	return age >= -Tolerance && age <= MaxStartup
}
