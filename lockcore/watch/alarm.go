package watch

import "time"

// timerAlarm is the alarm of systems that do not report that the clock was set or the machine slept; the poll finds the changes
// that were missed. Timers stand still while the machine sleeps (CLOCK_MONOTONIC, mach_absolute_time).
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

// sleepTime is the lead of the wall clock over the monotonic one from which the machine is taken to have slept. Setting the clock
// forward looks the same: not every system can distinguish the two. On Windows both clocks run on, so no sleep is noticed.
const sleepTime = 2 * time.Minute

// slept reports whether the wall clock ran so much further.
func slept(wall, monotonic time.Duration) bool { return wall-monotonic >= sleepTime }

// returnTime is the time after waking in which a change counts as one that happened during sleep: the watcher looks at once, and
// again with its poll, when the network is back.
const returnTime = 30 * time.Second

// isReturn reports whether a change may have happened while the machine slept until woke; zero means no sleep. The event of a
// lock that disappeared is reported later than it was seen.
func (c Change) isReturn(woke time.Time) bool {
	seen := c.At
	if !c.Since.IsZero() {
		seen = c.Since
	}
	return !woke.IsZero() && seen.Sub(woke) < returnTime
}
