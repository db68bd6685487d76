package cli

import (
	"fmt"
	"strings"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Meaning is a state for somebody who reads its name for the first time.
type Meaning struct {
	State lockcore.State
	Icon  string // what the icon shows, in words
	Text  string
}

// Meanings are all states, in the order of their exit codes.
func Meanings() []Meaning {
	return []Meaning{
		{lockcore.Unlocked, "an open padlock", "nobody uses the store"},
		{lockcore.HeldHere, "a closed padlock", "a process of this computer uses it"},
		{lockcore.HeldElsewhere, "a padlock and another computer", "the lock names another computer"},
		{lockcore.Stale, "a broken padlock", "left behind: its process is gone for certain"},
		{lockcore.Contested, "two padlocks", "two may write to the store: look at once"},
		{lockcore.Corrupt, "a padlock with a question mark", "the lock file holds what no daemon wrote"},
		{lockcore.Unknown, "a question mark", "the store or its lock cannot be read"},
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
