package tray

import (
	"fmt"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// lives says what a daemon does, in the words of a menu.
var lives = map[string]string{
	lockcore.Awake:       "awake",
	lockcore.Drowsy:      "drowsy",
	lockcore.Asleep:      "asleep",
	lockcore.Hibernating: "hibernating",
}

// life is "Daemon asleep since 11:20", or the last sign of life of a holder that cannot be asked, or empty. Where the
// holder is known to be gone, or two claim to be the one, the daemon's last word says nothing.
func life(s Store, now time.Time) string {
	switch l := s.Life; {
	case l.State == "":
		return ""
	case s.Snapshot.State == lockcore.HeldElsewhere:
		return lastSign(l, now)
	case s.Snapshot.State == lockcore.HeldHere, s.Snapshot.State == lockcore.Unlocked && l.State == lockcore.Hibernating:
		return daemonIs(l, now)
	}
	return ""
}

func daemonIs(l lockcore.Lifecycle, now time.Time) string {
	text := "Daemon " + lives[l.State]
	if l.Since.IsZero() {
		return text
	}
	return text + " since " + words.Clock(l.Since, now)
}

// lastSign has no minutes: as an age it would change while nobody looks.
func lastSign(l lockcore.Lifecycle, now time.Time) string {
	age := now.Sub(l.LastActivity)
	switch {
	case l.LastActivity.IsZero():
		return ""
	case age < time.Hour:
		return "Last activity on this store less than an hour ago"
	}
	return fmt.Sprintf("Last activity on this store %s ago", words.Age(age))
}

// polling is the line about a store whose changes nobody tells us.
func polling(s Store) string {
	if s.Health.Interval == 0 || s.Health.Events {
		return ""
	}
	return fmt.Sprintf("No file events: looking every %d s", int(s.Health.Interval.Seconds()))
}
