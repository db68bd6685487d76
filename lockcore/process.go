package lockcore

import "time"

// ProcessStatus says whether a PID names a process. The zero value means that nobody looked or nothing was learnt.
type ProcessStatus uint8

const (
	NotProbed ProcessStatus = iota
	Running                 // there is such a process, perhaps another user's
	Zombie                  // it has ended and waits for its parent
	Gone                    // there is no such process
)

// ProcessKind says what a process is. It is decided by the argument vector as a whole (see claimOf), never by a word in it.
type ProcessKind uint8

const (
	UnknownKind  ProcessKind = iota // the arguments cannot be read: another user's process, or an elevated one
	OtherProgram                    // neither of those below
	Daemon                          // the iai-mcp daemon
	LockbarRun                      // lockbar run, which holds the lock while a command runs
)

// Serving says which store a Daemon or a LockbarRun works on, relative to the store that was looked at.
type Serving uint8

const (
	UnknownStore Serving = iota // not known; also the answer for any other process, and for a Probe without a store
	ThisStore                   // the store that was looked at
	AnotherStore                // certainly another one
)

// Process is what is known of one PID on this machine.
type Process struct {
	PID     int
	Status  ProcessStatus
	Kind    ProcessKind
	Serves  Serving
	Started time.Time // by the wall clock of now; zero when not known
	// StartID is equal only for the same process (of this boot); zero when not known. Unlike Started it does not move
	// when the clock is set.
	StartID uint64
	Command string // arguments joined by blanks: a stranger's text; empty when not known
}

// Probe looks at one PID of this machine. It sends no signal. It does not say which store the process serves; Inspect does.
// A number below 1 names a group or everybody to kill(2), and no process to us.
func Probe(pid int) Process {
	p, _ := probeClaim(pid)
	return p
}

// probeClaim is Probe, and what the arguments of the process say of it.
func probeClaim(pid int) (Process, claim) {
	if pid < 1 {
		return Process{PID: pid, Status: Gone}, claim{}
	}
	p, argv := probe(pid)
	p.PID = pid
	c := claimOf(argv)
	if p.Status == Running {
		p.Kind, p.Command = c.kind, commandLine(argv)
	}
	return p, c
}

// Alive reports whether the process runs; a zombie does not.
func (p Process) Alive() bool { return p.Status == Running }

// Same reports whether both are the same process, not only the same PID. Where the start is not known the PID decides.
func (p Process) Same(o Process) bool {
	return p.PID == o.PID && (p.StartID == 0 || o.StartID == 0 || p.StartID == o.StartID)
}

// takesLocks reports whether the process is of a kind that takes a store by its nature.
func (p Process) takesLocks() bool { return p.Kind == Daemon || p.Kind == LockbarRun }

// serves reports whether the process runs and is a daemon, or a lockbar run, of the store that was looked at.
func (p Process) serves() bool { return p.Alive() && p.takesLocks() && p.Serves == ThisStore }
