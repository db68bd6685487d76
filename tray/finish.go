package tray

import (
	"slices"
	"time"

	"lockbar/lockcore"
)

// endTime is how long the end waits for what is under way, if that is no change of a lock. What hangs on a dead mount would
// keep the icon for ever.
const endTime = lockcore.ReadTimeout

func (l *loop) finish() {
	limit := endTime
	if slices.Contains(l.busy, true) {
		limit = workTime
	}
	done := make(chan struct{})
	go func() { l.work.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(limit):
		l.log.trouble.Print("something hangs and is left at the end")
	}
}
