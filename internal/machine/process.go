package machine

import "time"

// Presence tells whether a PID names a process. The zero value means that this is unknown.
type Presence uint8

const (
	Unknown Presence = iota
	Running          // there is such a process, perhaps another user's
	Zombie           // it has ended and waits for its parent
	Gone             // there is no such process
)

// Process holds what the system reports about one PID.
type Process struct {
	Presence Presence
	// Started is when the process started, on Linux by the current wall clock, elsewhere by the wall clock of that time; zero if unknown.
	Started time.Time
	// StartID distinguishes the process from other processes of this boot that had the same PID; zero if unknown. It never moves when the
	// clock is set, as Started does on Linux.
	StartID uint64
	Args    []string // the argument vector; nil if it cannot be read
}

// Probe looks up one PID. It sends no signal. It reports a number below 1, which kill(2) takes for a group or for every process, as Gone.
func Probe(pid int) Process {
	if pid < 1 {
		return Process{Presence: Gone}
	}
	return probe(pid)
}
