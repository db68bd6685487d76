package tray

import (
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// Rules for the text of the menu: a line says one thing, in sentence case and without a full stop; what can be clicked is
// in title case, as Mac users know it; the host comes before the number; every stranger's word goes through words.Clean.

// titleOf says what is, without numbers and times. A zero look is that of a store before the first one.
func titleOf(s lockcore.Snapshot) string {
	if s == (lockcore.Snapshot{}) {
		return "Looking at the store"
	}
	return words.Title(s)
}

// meaningOf says what that means or what to do; empty where the title says it all.
func meaningOf(s lockcore.Snapshot) string {
	if s == (lockcore.Snapshot{}) {
		return ""
	}
	return words.Meaning(s)
}
