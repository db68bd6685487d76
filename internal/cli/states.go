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
		{lockcore.Unlocked, "nobody uses the store"},
		{lockcore.HeldHere, "a process of this computer uses it"},
		{lockcore.HeldElsewhere, "the lock names another computer"},
		{lockcore.Stale, "left behind: its process is gone for certain"},
		{lockcore.Contested, "two may write to the store: look at once"},
		{lockcore.Corrupt, "the lock file holds what no daemon wrote"},
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
