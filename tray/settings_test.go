package tray

import (
	"strings"
	"testing"
	"time"

	"lockbar/internal/config"
)

// TestTestMessagePromisesNothingThatIsOff checks that the test message, which new users rely on, names what is off.
func TestTestMessagePromisesNothingThatIsOff(t *testing.T) {
	const promise = "It will tell you when another computer takes the memory store over."
	on := choicesOf(config.Default())
	quiet := on
	quiet.Notify.Takeover, quiet.Notify.Stale = false, false
	paused, both, over := on, quiet, on
	paused.PausedUntil, both.PausedUntil, over.PausedUntil = noon.Add(time.Hour), noon.Add(time.Hour), noon.Add(-time.Hour)
	for _, test := range []struct {
		name     string
		settings choices
		want     string
	}{
		{"all on", on, promise},
		{"a pause that is over", over, promise},
		{"two kinds off", quiet, "Switched off in the Lockbar menu: Takeovers, Locks Left Behind."},
		{"a pause", paused, "Notifications are paused until 13:14; this one came because you asked for it."},
		{"a pause, and two kinds off", both, "Notifications are paused until 13:14; this one came because you asked for it."},
	} {
		if got, want := testMessage(test.settings, noon).Body, "Then Lockbar can reach you. "+test.want; got != want {
			t.Errorf("%s: %q, want %q", test.name, got, want)
		}
	}
	for _, kind := range config.Kinds() {
		one := on
		*one.Notify.Switch(kind) = false
		if body := testMessage(one, noon).Body; strings.Contains(body, promise) || !strings.Contains(body, kindTitles[kind]) {
			t.Errorf("%s is off: %q", kind, body)
		}
	}
}
