package service

import (
	"fmt"

	"lockbar/internal/words"
)

// Rules for the text of results: they are whole sentences without a full stop, for a terminal, a message and a line of a menu.

const (
	// MayReturn is what to know after a stop.
	MayReturn = "The assistant's next call may start it again"
	// LockFollows is what to know after a start.
	LockFollows = "It takes the lock when it has opened the store, which may take minutes"
)

// Stopped says what was stopped, and by which service.
func (d Done) Stopped() string {
	if d.PID == 0 {
		return words.Clean(d.Service) + " was stopped before it started the daemon again"
	}
	return fmt.Sprintf("The daemon was stopped (PID %d, %s)", d.PID, words.Clean(d.Service))
}

// Started says what was started, and by which service.
func (d Done) Started() string {
	return fmt.Sprintf("The daemon was started (PID %d, %s)", d.PID, words.Clean(d.Service))
}
