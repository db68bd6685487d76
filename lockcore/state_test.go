package lockcore_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"lockbar/lockcore"
)

// taken is when the lock in the evidence was taken.
var taken = time.Date(2026, 11, 22, 19, 51, 51, 817216000, time.UTC)

const (
	justWithin = lockcore.Tolerance
	justBeyond = lockcore.Tolerance + time.Microsecond
)

// what describes a process by its kind and the store that it serves.
type what struct {
	kind   lockcore.ProcessKind
	serves lockcore.Serving
}

var (
	opaque      = what{lockcore.UnknownKind, lockcore.UnknownStore}
	program     = what{lockcore.OtherProgram, lockcore.UnknownStore}
	ourDaemon   = what{lockcore.Daemon, lockcore.ThisStore}
	someDaemon  = what{lockcore.Daemon, lockcore.UnknownStore}
	otherDaemon = what{lockcore.Daemon, lockcore.AnotherStore}
	ourRun      = what{lockcore.LockbarRun, lockcore.ThisStore}
)

func process(status lockcore.ProcessStatus, start time.Time, w what) lockcore.Process {
	return lockcore.WithStore(lockcore.Process{PID: okRecord.PID, Status: status, Started: start, StartID: 1, Kind: w.kind}, w.serves)
}

// running is a daemon that took the lock a second after its start.
var running = process(lockcore.Running, taken.Add(-time.Second), ourDaemon)

func ours(holder lockcore.Process, change ...func(*lockcore.Evidence)) lockcore.Evidence {
	return evidence(lockcore.Evidence{Record: okRecord, OurHost: true, Holder: holder, Boot: taken.Add(-time.Hour)}, change)
}

func foreign(holder lockcore.Process, change ...func(*lockcore.Evidence)) lockcore.Evidence {
	return evidence(lockcore.Evidence{Record: okRecord, Holder: holder, Boot: taken.Add(-time.Hour)}, change)
}

func absent(change ...func(*lockcore.Evidence)) lockcore.Evidence {
	return evidence(lockcore.Evidence{Absent: true}, change)
}

func evidence(e lockcore.Evidence, change []func(*lockcore.Evidence)) lockcore.Evidence {
	for _, f := range change {
		f(&e)
	}
	return e
}

type change = func(*lockcore.Evidence)

func boot(after time.Duration) change {
	return func(e *lockcore.Evidence) { e.Boot = taken.Add(after) }
}
func noBoot(e *lockcore.Evidence)         { e.Boot = time.Time{} }
func stepped(e *lockcore.Evidence)        { e.ClockStepped = true }
func self(e *lockcore.Evidence)           { e.Self = true }
func otherClaim(e *lockcore.Evidence)     { e.OtherClaim = true }
func sameClaim(e *lockcore.Evidence)      { e.SameClaim, e.Remembered = true, true }
func stateDaemon(e *lockcore.Evidence)    { e.StateDaemon = true }
func remembered(e *lockcore.Evidence)     { e.Remembered = true }
func copyDaemon(e *lockcore.Evidence)     { e.CopyDaemon = true }
func earlierDaemon(e *lockcore.Evidence)  { e.EarlierDaemon = true }
func innerHolder(e *lockcore.Evidence)    { e.InnerHolder = true }
func storeOpener(e *lockcore.Evidence)    { e.StoreOpener = true }
func daemonRuns(e *lockcore.Evidence)     { e.DaemonRuns = true }
func rival(e *lockcore.Evidence)          { e.RivalCopy = true }
func unreported(e *lockcore.Evidence)     { e.RivalUnreported = true }
func rivals(e *lockcore.Evidence)         { e.RivalCopies = true }
func noTime(e *lockcore.Evidence)         { e.Record.StartedAt = "yesterday" }
func witnessed(e *lockcore.Evidence)      { e.Witnessed = true }
func nameTaken(e *lockcore.Evidence)      { e.NameTaken = true }
func takenElsewhere(e *lockcore.Evidence) { e.TakenElsewhere = true }
func peerMissing(e *lockcore.Evidence)    { e.PeerDaemons, e.PeerMissing = 1, true }
func peers(n int) change {
	return func(e *lockcore.Evidence) { e.PeerDaemons = n }
}
func goneFor(d time.Duration) change {
	return func(e *lockcore.Evidence) { e.GoneFor = d }
}

func gone() lockcore.Process { return process(lockcore.Gone, time.Time{}, opaque) }
func startedAfter(d time.Duration, w what) lockcore.Process {
	return process(lockcore.Running, taken.Add(d), w)
}

type classified struct {
	name   string
	e      lockcore.Evidence
	state  lockcore.State
	reason lockcore.Reason
}

func unreadable(why lockcore.Reason) classified {
	return classified{"unreadable: " + string(why), ours(running, func(e *lockcore.Evidence) { e.Unreadable = why }), lockcore.Unknown, why}
}

var classifyRows = []classified{
	{"no evidence", lockcore.Evidence{}, lockcore.Unknown, lockcore.IOError},
	unreadable(lockcore.StoreMissing), unreadable(lockcore.Permission), unreadable(lockcore.IOError),
	unreadable(lockcore.NotDownloaded), unreadable(lockcore.Timeout), unreadable(lockcore.NotARegularFile),
	unreadable(lockcore.TooLarge), unreadable(lockcore.TooManyFiles), unreadable(lockcore.NotADirectory),

	{"absent", absent(), lockcore.Unlocked, ""},
	{"absent, verified daemon", absent(stateDaemon), lockcore.Contested, lockcore.LockMissing},
	{"absent, remembered, just gone", absent(remembered, goneFor(lockcore.MissingAfter-1)), lockcore.Unlocked, ""},
	{"absent, remembered, long gone", absent(remembered, goneFor(lockcore.MissingAfter)), lockcore.Contested, lockcore.LockMissing},
	{"absent, nobody remembered", absent(goneFor(time.Hour)), lockcore.Unlocked, ""},
	{"absent, a copy names our daemon", absent(copyDaemon), lockcore.Contested, lockcore.LockMissing},
	{"absent, a daemon runs that held nothing", absent(daemonRuns, storeOpener), lockcore.Unlocked, ""},
	{"absent beside a copy", absent(rival), lockcore.Unlocked, ""},

	{"not JSON", lockcore.Evidence{Malformed: lockcore.NotJSON}, lockcore.Corrupt, lockcore.NotJSON},
	{"bad field", lockcore.Evidence{Malformed: lockcore.BadField, StateDaemon: true}, lockcore.Corrupt, lockcore.BadField},

	{"live", ours(running), lockcore.HeldHere, ""},
	{"live, no daemon", ours(startedAfter(-time.Hour, program)), lockcore.HeldHere, ""},
	{"live, another user's", ours(process(lockcore.Running, time.Time{}, opaque)), lockcore.HeldHere, ""},
	{"not probed", ours(process(lockcore.NotProbed, time.Time{}, opaque)), lockcore.HeldHere, ""},
	{"gone", ours(gone()), lockcore.Stale, lockcore.ProcessGone},
	{"zombie", ours(process(lockcore.Zombie, time.Time{}, opaque)), lockcore.Stale, lockcore.ZombieProcess},
	{"started at the tolerance", ours(startedAfter(justWithin, ourDaemon)), lockcore.HeldHere, ""},
	{"recycled", ours(startedAfter(justBeyond, program)), lockcore.Stale, lockcore.PIDRecycled},
	{"started later, nothing known of it", ours(startedAfter(time.Hour, opaque)), lockcore.HeldHere, ""},
	{"before boot, nothing known of it", ours(startedAfter(time.Hour, opaque), boot(time.Minute)), lockcore.HeldHere, ""},
	{"a daemon of an unknown store", ours(startedAfter(time.Hour, someDaemon)), lockcore.HeldHere, ""},
	{"a lockbar run that started later by the clock", ours(startedAfter(time.Hour, ourRun)), lockcore.HeldHere, ""},
	{"a daemon of another store", ours(startedAfter(-time.Second, otherDaemon)), lockcore.Stale, lockcore.OtherStore},
	{"a daemon of another store, clock stepped", ours(startedAfter(time.Hour, otherDaemon), stepped), lockcore.Stale, lockcore.OtherStore},
	{"a daemon of another store, its zombie", ours(process(lockcore.Zombie, time.Time{}, otherDaemon)), lockcore.Stale, lockcore.ZombieProcess},
	{"gone, the database is open", ours(gone(), storeOpener), lockcore.HeldHere, lockcore.StoreOpen},
	{"gone here, and lives in a container", ours(gone(), innerHolder), lockcore.HeldHere, lockcore.StoreOpen},
	{"a daemon of another store, the database is open", ours(startedAfter(-time.Second, otherDaemon), storeOpener), lockcore.HeldHere, lockcore.StoreOpen},
	{"recycled, the database is open", ours(startedAfter(justBeyond, program), storeOpener), lockcore.HeldHere, lockcore.StoreOpen},
	{"before boot, a daemon runs", ours(process(lockcore.Running, time.Time{}, program), boot(time.Minute), daemonRuns), lockcore.HeldHere, ""},
	{"before boot and gone, a daemon runs", ours(gone(), boot(time.Minute), daemonRuns), lockcore.Stale, lockcore.ProcessGone},
	{"this process, which took the lock as it started", ours(startedAfter(0, ourRun), self), lockcore.HeldHere, ""},
	{"this process, started later", ours(startedAfter(time.Microsecond, ourRun), self), lockcore.Stale, lockcore.PIDRecycled},
	{"a daemon that started later by the clock", ours(startedAfter(time.Hour, ourDaemon)), lockcore.HeldHere, ""},
	{"a daemon, before boot by the clock", ours(startedAfter(time.Hour, ourDaemon), boot(time.Minute)), lockcore.HeldHere, ""},
	{"a daemon, before boot, start unknown", ours(process(lockcore.Running, time.Time{}, ourDaemon), boot(time.Minute)), lockcore.HeldHere, ""},
	{"a daemon's zombie, before boot", ours(process(lockcore.Zombie, time.Time{}, ourDaemon), boot(time.Minute)), lockcore.Stale, lockcore.BeforeBoot},
	{"recycled by this process, a daemon", ours(startedAfter(justBeyond, ourDaemon), self), lockcore.Stale, lockcore.PIDRecycled},
	{"before boot, and recycled by this process, a daemon", ours(startedAfter(time.Hour, ourDaemon), self, boot(time.Minute)), lockcore.Stale, lockcore.BeforeBoot},
	{"recycled, no time in the lock", ours(startedAfter(time.Hour, program), noTime), lockcore.HeldHere, ""},
	{"recycled, clock stepped", ours(startedAfter(time.Hour, program), stepped), lockcore.HeldHere, ""},
	{"recycled, start unknown", ours(process(lockcore.Running, time.Time{}, program)), lockcore.HeldHere, ""},
	{"boot at the tolerance", ours(gone(), boot(justWithin)), lockcore.Stale, lockcore.ProcessGone},
	{"before boot and gone", ours(gone(), boot(justBeyond)), lockcore.Stale, lockcore.BeforeBoot},
	{"before boot and zombie", ours(process(lockcore.Zombie, time.Time{}, opaque), boot(justBeyond)), lockcore.Stale, lockcore.BeforeBoot},
	{"before boot and recycled", ours(startedAfter(time.Hour, program), boot(time.Minute)), lockcore.Stale, lockcore.BeforeBoot},
	{"before boot, start unknown", ours(process(lockcore.Running, time.Time{}, program), boot(time.Minute)), lockcore.Stale, lockcore.BeforeBoot},
	{"before boot, clock stepped", ours(startedAfter(time.Hour, program), boot(time.Minute), stepped), lockcore.HeldHere, ""},
	{"before boot, clock stepped, gone", ours(gone(), boot(time.Minute), stepped), lockcore.Stale, lockcore.ProcessGone},
	{"before boot, no time in the lock", ours(running, boot(time.Minute), noTime), lockcore.HeldHere, ""},
	{"before a boot that the holder disproves", ours(running, boot(time.Hour)), lockcore.HeldHere, ""},
	{"boot unknown", ours(gone(), noBoot), lockcore.Stale, lockcore.ProcessGone},

	{"foreign", foreign(gone()), lockcore.HeldElsewhere, ""},
	{"foreign, old", foreign(gone(), boot(time.Hour)), lockcore.HeldElsewhere, ""},
	{"foreign, PID runs here as something else", foreign(startedAfter(-time.Second, program)), lockcore.HeldElsewhere, ""},
	{"foreign, PID is a daemon that started later", foreign(startedAfter(justBeyond, ourDaemon)), lockcore.HeldElsewhere, ""},
	{"foreign, PID is a daemon that started long before", foreign(startedAfter(-lockcore.MaxStartup-1, ourDaemon)), lockcore.HeldElsewhere, ""},
	{"foreign, start unknown", foreign(process(lockcore.Running, time.Time{}, ourDaemon)), lockcore.HeldElsewhere, ""},
	{"foreign, a daemon's zombie", foreign(process(lockcore.Zombie, taken.Add(-time.Second), ourDaemon)), lockcore.HeldElsewhere, ""},
	{"foreign, no time in the lock", foreign(running, noTime), lockcore.HeldElsewhere, ""},
	{"foreign, clock stepped", foreign(running, stepped), lockcore.HeldElsewhere, ""},
	{"renamed", foreign(running), lockcore.HeldHere, lockcore.RenamedHost},
	{"renamed, slow start", foreign(startedAfter(-lockcore.MaxStartup, ourDaemon)), lockcore.HeldHere, lockcore.RenamedHost},
	{"renamed, a lockbar run", foreign(startedAfter(-time.Second, ourRun)), lockcore.HeldHere, lockcore.RenamedHost},
	{"foreign, PID is a daemon of another store", foreign(startedAfter(-time.Second, otherDaemon)), lockcore.HeldElsewhere, ""},
	{"foreign, PID is a daemon of an unknown store", foreign(startedAfter(-time.Second, someDaemon)), lockcore.HeldElsewhere, ""},
	{"foreign, lives in a container here", foreign(gone(), innerHolder), lockcore.HeldHere, lockcore.StoreOpen},
	{"foreign, the database is open", foreign(gone(), storeOpener), lockcore.HeldElsewhere, ""},
	{"foreign, a daemon came before it", foreign(gone(), earlierDaemon), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"foreign, a copy names our daemon", foreign(gone(), copyDaemon, rival), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"renamed, beside a copy and a daemon", foreign(running, rival, stateDaemon, remembered), lockcore.HeldHere, lockcore.RenamedHost},
	{"renamed, same claim, clock stepped", foreign(running, stepped, sameClaim), lockcore.HeldHere, lockcore.RenamedHost},
	{"renamed, same claim, started long ago", foreign(startedAfter(-lockcore.MaxStartup-1, ourDaemon), sameClaim), lockcore.HeldHere, lockcore.RenamedHost},
	{"renamed, same claim, command unknown", foreign(process(lockcore.Running, time.Time{}, opaque), sameClaim), lockcore.HeldHere, lockcore.RenamedHost},
	{"same claim, no time in the lock", foreign(running, noTime, sameClaim), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"same claim, zombie", foreign(process(lockcore.Zombie, time.Time{}, opaque), sameClaim), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"took another lock", foreign(running, otherClaim, remembered), lockcore.Contested, lockcore.LocalDaemonAlive},

	{"foreign, verified daemon here", foreign(gone(), stateDaemon), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"foreign, remembered daemon here", foreign(gone(), remembered), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"foreign, daemon and copy", foreign(gone(), stateDaemon, rival), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"foreign, copy", foreign(gone(), rival), lockcore.Contested, lockcore.ConflictCopy},
	{"live, copy", ours(running, rival), lockcore.Contested, lockcore.ConflictCopy},
	{"gone, copy", ours(gone(), rival, unreported), lockcore.Contested, lockcore.ConflictCopy},
	{"gone, copy of a machine that reports its daemon", ours(gone(), rival), lockcore.Stale, lockcore.ProcessGone},
	{"gone, copies of two others", ours(gone(), rival, rivals), lockcore.Contested, lockcore.ConflictCopy},
	{"gone, copy, the database is open", ours(gone(), rival, storeOpener), lockcore.Contested, lockcore.ConflictCopy},
	{"live, daemon of the state file", ours(running, stateDaemon, remembered), lockcore.HeldHere, ""},

	{"reported gone by its machine", foreign(gone(), witnessed), lockcore.Stale, lockcore.WitnessGone},
	{"reported gone by its machine, a daemon came before it", foreign(gone(), witnessed, earlierDaemon), lockcore.Stale, lockcore.WitnessGone},
	{"reported gone by its machine, beside a copy", foreign(gone(), witnessed, rival), lockcore.Stale, lockcore.WitnessGone},
	{"reported gone by its machine, beside copies of two others", foreign(gone(), witnessed, rival, rivals), lockcore.Contested, lockcore.ConflictCopy},
	{"reported gone by its machine, and lives in a container here", foreign(gone(), witnessed, innerHolder), lockcore.HeldHere, lockcore.StoreOpen},
	{"our lock, reported gone by another machine", ours(running, witnessed), lockcore.HeldHere, ""},
	{"renamed to the name of another machine", foreign(running, nameTaken), lockcore.HeldElsewhere, ""},
	{"renamed, another machine took that very lock", foreign(running, takenElsewhere), lockcore.HeldElsewhere, ""},
	{"renamed, same claim, the name of another machine", foreign(running, sameClaim, nameTaken), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"a daemon here and one elsewhere", ours(running, peers(1)), lockcore.Contested, lockcore.OtherDaemonAlive},
	{"a program here and a daemon elsewhere", ours(startedAfter(-time.Hour, program), peers(1)), lockcore.HeldHere, ""},
	{"a daemon in a container here and one elsewhere", foreign(gone(), innerHolder, peers(1)), lockcore.Contested, lockcore.OtherDaemonAlive},
	{"gone, the database is open, a daemon elsewhere", ours(gone(), storeOpener, peers(1)), lockcore.Contested, lockcore.OtherDaemonAlive},
	{"gone, and a daemon elsewhere", ours(gone(), peers(1)), lockcore.Stale, lockcore.ProcessGone},
	{"reported gone by its machine, a daemon here and one elsewhere", foreign(gone(), witnessed, stateDaemon, peers(1)), lockcore.Contested, lockcore.OtherDaemonAlive},
	{"foreign, reported as running", foreign(gone(), peers(1)), lockcore.HeldElsewhere, ""},
	{"foreign, two reported as running", foreign(gone(), peers(2)), lockcore.Contested, lockcore.OtherDaemonAlive},
	{"foreign, reported as running, a daemon here", foreign(gone(), stateDaemon, peers(1)), lockcore.Contested, lockcore.LocalDaemonAlive},
	{"corrupt, two reported as running", lockcore.Evidence{Malformed: lockcore.NotJSON, PeerDaemons: 2}, lockcore.Contested, lockcore.OtherDaemonAlive},
	{"unreadable, two reported as running", lockcore.Evidence{Unreadable: lockcore.Timeout, PeerDaemons: 2}, lockcore.Unknown, lockcore.Timeout},
	{"absent, a daemon elsewhere", absent(peers(1)), lockcore.Unlocked, ""},
	{"absent, a daemon elsewhere, for long", absent(peerMissing), lockcore.Contested, lockcore.LockMissing},
	{"absent, two elsewhere", absent(peers(2)), lockcore.Contested, lockcore.OtherDaemonAlive},
	{"absent, remembered, just gone, a daemon elsewhere", absent(remembered, peers(1)), lockcore.Unlocked, ""},
}

// TestOurs checks that a lock of this machine is distinguished from one of another machine with the same name.
func TestOurs(t *testing.T) {
	saw := func(e *lockcore.Evidence) { e.SawHolder = true }
	for _, c := range []struct {
		name string
		e    lockcore.Evidence
		want bool
	}{
		{"no other machine has the name", ours(gone()), true},
		{"another machine took that very lock", ours(running, takenElsewhere), false},
		{"another machine has the name", ours(gone(), nameTaken), false},
		{"but its holder was seen here", ours(gone(), nameTaken, saw), true},
		{"but a daemon here must have taken it", ours(running, nameTaken), true},
		{"a daemon here has that PID, and started later", ours(startedAfter(time.Hour, ourDaemon), nameTaken), false},
		{"a daemon here has that PID, and had another lock", ours(running, nameTaken, otherClaim), false},
		{"another program here has that PID", ours(startedAfter(-time.Second, program), nameTaken), false},
	} {
		if got := lockcore.Ours(c.e); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

func TestClassify(t *testing.T) {
	for _, c := range classifyRows {
		if state, reason := lockcore.Classify(c.e); state != c.state || reason != c.reason {
			t.Errorf("%s: got %s/%s, want %s/%s", c.name, state, reason, c.state, c.reason)
		}
	}
}

// TestEveryStateAndReasonHasARow checks that some row of the table reaches each state and reason.
func TestEveryStateAndReasonHasARow(t *testing.T) {
	states, reasons := map[lockcore.State]bool{}, map[lockcore.Reason]bool{"": true}
	for _, c := range classifyRows {
		states[c.state], reasons[c.reason] = true, true
	}
	for _, s := range lockcore.States() {
		if !states[s] {
			t.Errorf("no row gives state %s", s)
		}
	}
	for _, r := range lockcore.Reasons() {
		if !reasons[r] {
			t.Errorf("no row gives reason %s", r)
		}
	}
}

// TestListsAreComplete compares Reasons with the source, and States with the names of the states: a constant missing from its list would be
// missing from every table too.
func TestListsAreComplete(t *testing.T) {
	if want := reasons(t); len(want) != len(lockcore.Reasons()) {
		t.Errorf("%d reasons are listed, %d are declared", len(lockcore.Reasons()), len(want))
	}
	for _, name := range reasons(t) {
		if !slices.Contains(lockcore.Reasons(), lockcore.Reason(name)) {
			t.Errorf("Reasons lacks %q", name)
		}
	}
	for i, s := range lockcore.States() {
		if int(s) != i || s.String() == "" {
			t.Errorf("state %d is listed as number %d", s, i)
		}
	}
	if past := lockcore.State(len(lockcore.States())); past.String() != "state("+strconv.Itoa(int(past))+")" {
		t.Errorf("States lacks %s", past)
	}
}

// reasons returns the values of all constants of type Reason.
func reasons(t *testing.T) (values []string) {
	source, err := os.ReadFile("state.go")
	noError(t, err)
	for _, m := range regexp.MustCompile(` Reason = "(.*)"`).FindAllStringSubmatch(string(source), -1) {
		values = append(values, m[1])
	}
	return values
}

func TestStateText(t *testing.T) {
	for _, s := range lockcore.States() {
		text, err := s.MarshalText()
		var back lockcore.State
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("%s comes back as %s (%v)", s, back, err)
		}
	}
	if new(lockcore.State).UnmarshalText([]byte("locked")) == nil {
		t.Error("no state is called locked")
	}
}
