package tray

import (
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// lifecycleWords lists the menu's words for the states of a daemon.
var lifecycleWords = map[string]string{
	lockcore.Awake:       "awake",
	lockcore.Drowsy:      "drowsy",
	lockcore.Asleep:      "asleep",
	lockcore.Hibernating: "hibernating",
}

// life returns "Daemon asleep since 11:20" if this machine holds the store, or if a hibernating daemon has released it. For a holder on
// another machine it returns the last activity. Otherwise it returns "", for example if the holder is gone or two claim the store: then
// the daemon's last report means nothing.
func life(s storeView, now time.Time, exact bool) string {
	switch l := s.Life; {
	case l.State == "":
		return ""
	case s.Snapshot.State == lockcore.HeldElsewhere:
		return lastActivity(l, now, exact)
	case s.Snapshot.State == lockcore.HeldHere, s.Snapshot.State == lockcore.Unlocked && l.State == lockcore.Hibernating:
		return daemonIs(l, now)
	}
	return ""
}

func daemonIs(l lockcore.Lifecycle, now time.Time) string {
	text := "Daemon " + lifecycleWords[l.State]
	if l.Since.IsZero() {
		return text
	}
	return text + " since " + words.Clock(l.Since, now)
}

// lastActivity returns "Last activity seen: 09:14, 3 h ago", without an age below an hour unless exact is set. Later activity may not have
// been seen.
func lastActivity(l lockcore.Lifecycle, now time.Time, exact bool) string {
	if l.LastActivity.IsZero() {
		return ""
	}
	text := "Last activity seen: " + words.Clock(l.LastActivity, now)
	if now.Sub(l.LastActivity) < time.Hour && !exact {
		return text
	}
	return text + ", " + words.Ago(l.LastActivity, now)
}
