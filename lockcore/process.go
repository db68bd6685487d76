package lockcore

import (
	"strings"
	"time"
)

// ProcessStatus says whether a PID names a process. The zero value means that nobody looked or nothing was learnt.
type ProcessStatus uint8

const (
	NotProbed ProcessStatus = iota
	Running                 // there is such a process, perhaps another user's
	Zombie                  // it has ended and waits for its parent
	Gone                    // there is no such process
)

// Process is what is known of one PID on this machine.
type Process struct {
	PID     int
	Status  ProcessStatus
	Started time.Time // by the wall clock of now; zero when not known
	// StartID is equal only for the same process (of this boot); zero when not known. Unlike Started it does not move
	// when the clock is set.
	StartID uint64
	Command string // arguments joined by blanks: a stranger's text; empty when not known
}

// Probe looks at one PID of this machine. It sends no signal. A number below 1 names a group or everybody to kill(2), and
// no process to us.
func Probe(pid int) Process {
	if pid < 1 {
		return Process{PID: pid, Status: Gone}
	}
	p := probe(pid)
	p.PID = pid
	return p
}

// Alive reports whether the process runs; a zombie does not.
func (p Process) Alive() bool { return p.Status == Running }

// Same reports whether both are the same process, not only the same PID. Where the start is not known the PID decides.
func (p Process) Same(o Process) bool {
	return p.PID == o.PID && (p.StartID == 0 || o.StartID == 0 || p.StartID == o.StartID)
}

// DaemonArgument is what the command line of every iai-mcp daemon contains; today's daemons respect a lock only when its
// holder's does.
const DaemonArgument = "iai_mcp.daemon"

// IsDaemon reports whether the command line is the daemon's.
func (p Process) IsDaemon() bool { return strings.Contains(p.Command, DaemonArgument) }

// IsOurs reports whether the command line is of some part of iai-mcp.
func (p Process) IsOurs() bool { return strings.Contains(p.Command, "iai_mcp") }
