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
	Started  time.Time // by the current wall clock; zero if unknown
	// StartID distinguishes the process from other processes of this boot that had the same PID; zero if unknown. Unlike Started it
	// does not move when the clock is set.
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
