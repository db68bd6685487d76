package notify

import (
	"time"

	"lockbar/internal/config"
)

// Quiet holds the notifications that the user has turned off. The zero value turns off nothing.
type Quiet struct {
	Until time.Time // the end of a pause; then welcome reports the facts from it
	off   map[config.Kind]bool
}

// QuietBy returns the Quiet of the settings.
func QuietBy(c config.Config) Quiet {
	q := Quiet{Until: c.PausedUntil, off: map[config.Kind]bool{}}
	for _, k := range config.Kinds() {
		q.off[k] = !*c.Notify.Switch(k)
	}
	return q
}

// Paused reports whether notifications are paused at now.
func (q Quiet) Paused(now time.Time) bool { return now.Before(q.Until) }
