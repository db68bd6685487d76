package cli

import (
	"fmt"
	"strings"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// A Meaning explains a state to new users.
type Meaning struct {
	State lockcore.State
	Text  string
}

// Meanings returns all states, in the order of their exit codes.
func Meanings() []Meaning {
	return []Meaning{
		{lockcore.Unlocked, "nobody holds the store"},
		{lockcore.HeldHere, "a process on this computer uses it"},
		{lockcore.HeldElsewhere, "the lock names another computer"},
		{lockcore.Stale, "the lock was left behind: its process has certainly ended"},
		{lockcore.Contested, "two claims, or a daemon without its lock: act at once"},
		{lockcore.Corrupt, "the content of the lock is not valid"},
		{lockcore.Unknown, "the store or its lock cannot be read"},
	}
}

// statesHelp lists the states and their exit codes.
var statesHelp = func() string {
	var b strings.Builder
	b.WriteString("The states, and their exit codes with --exit-code:\n\n")
	for _, m := range Meanings() {
		fmt.Fprintf(&b, "  %2d  %-*s  %s\n", words.SignOf(m.State).ExitCode, stateWidth, m.State, m.Text)
	}
	return b.String()
}()
