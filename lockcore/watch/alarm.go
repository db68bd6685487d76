package watch

import "time"

// timerAlarm is the alarm where the system does not tell of a clock that was set or a machine that slept: what was missed is
// seen with the poll. Timers stand still while the machine sleeps (CLOCK_MONOTONIC, mach_absolute_time).
type timerAlarm struct {
	timer *time.Timer
	ring  chan bool
}

func newTimerAlarm() alarm {
	a := &timerAlarm{ring: make(chan bool, 1)}
	a.timer = time.AfterFunc(PollInterval, func() {
		select {
		case a.ring <- false:
		default: // it rings already
		}
	})
	return a
}

func (a *timerAlarm) set(after time.Duration) { a.timer.Reset(after) }
func (a *timerAlarm) rings() <-chan bool      { return a.ring }
func (a *timerAlarm) close()                  { a.timer.Stop() }

// turn notes the time, and that the machine slept since the last turn, which was no longer ago than a poll.
func (l *loop) turn() {
	now := time.Now()
	wall := now.Round(0)
	if slept(wall.Sub(l.wall), now.Sub(l.now)) {
		l.woke = now
	}
	l.now, l.wall = now, wall
}

// sleepTime is how much further the wall clock runs than the monotonic one where the machine slept, or where the clock was set by
// as much, which nothing tells apart everywhere. On Windows both run on, so no sleep is noticed.
const sleepTime = 2 * time.Minute

// slept compares how far two clocks ran.
func slept(wall, monotonic time.Duration) bool { return wall-monotonic >= sleepTime }

// returnTime is how long after waking what is seen counts as having happened before: the watcher looks at once, and again with
// its poll, when the network is back.
const returnTime = 30 * time.Second

// isReturn reports whether a change may have happened while the machine slept until woke; zero is no sleep. The event of a lock
// that went is told later than it was seen.
func (c Change) isReturn(woke time.Time) bool {
	seen := c.At
	if !c.Since.IsZero() {
		seen = c.Since
	}
	return !woke.IsZero() && seen.Sub(woke) < returnTime
}
