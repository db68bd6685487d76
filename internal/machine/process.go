package machine

import "time"

// Presence tells whether a PID names a process. The zero value means that nothing was learnt.
type Presence uint8

const (
	Unknown Presence = iota
	Running          // there is such a process, perhaps another user's
	Zombie           // it has ended and waits for its parent
	Gone             // there is no such process
)

// Process holds what the system says of one PID.
type Process struct {
	Presence Presence
	Started  time.Time // by the wall clock of now; zero when not known
	// StartID is equal only for the same process (of this boot); zero when not known. Unlike Started it does not move when the
	// clock is set.
	StartID uint64
	Args    []string // the argument vector; nil where it cannot be read
}

// Probe looks at one PID. It sends no signal. A number below 1 names a group or everybody to kill(2), and no process to us.
func Probe(pid int) Process {
	if pid < 1 {
		return Process{Presence: Gone}
	}
	return probe(pid)
}
