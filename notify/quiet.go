package notify

import (
	"time"

	"lockbar/internal/config"
)

// Quiet is what is not told, as the user chose. The zero value tells everything.
type Quiet struct {
	Until time.Time // nothing before that; what happened meanwhile is told then, in one message
	off   map[config.Kind]bool
}

// QuietBy reads it from the settings.
func QuietBy(c config.Config) Quiet {
	q := Quiet{Until: c.PausedUntil, off: map[config.Kind]bool{}}
	for _, k := range config.Kinds() {
		q.off[k] = !*c.Notify.Switch(k)
	}
	return q
}

// Paused reports whether nothing is told at now.
func (q Quiet) Paused(now time.Time) bool { return now.Before(q.Until) }

// Quieten changes what is not told from now on; Wake tells what a pause that ends so has held back.
func (d Decider) Quieten(q Quiet) Decider {
	d.quiet = q
	return d
}
