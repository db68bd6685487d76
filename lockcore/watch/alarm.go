package watch

import "time"

// timerAlarm serves systems that do not report that the clock was set or the machine slept, and Linux if no descriptor is left; the poll
// finds the changes that were missed. On Linux and macOS timers stop while the machine sleeps (CLOCK_MONOTONIC, mach_absolute_time).
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

// turn notes the time, and whether the machine slept since the last turn, which was at most one poll interval ago.
func (l *loop) turn() {
	now := time.Now()
	wall := now.Round(0)
	if slept(wall.Sub(l.wall), now.Sub(l.now)) {
		l.woke = now
	}
	l.now, l.wall = now, wall
}

// sleepTime is the least advance of the wall clock over the monotonic clock that counts as sleep of the machine. Setting the clock forward
// has the same effect, and not every system can distinguish the two. On Windows both clocks keep running, so no sleep is noticed.
const sleepTime = 2 * time.Minute

// slept reports whether the wall clock advanced so much more than the monotonic one that the machine must have slept.
func slept(wall, monotonic time.Duration) bool { return wall-monotonic >= sleepTime }

// returnTime limits how long after waking a change counts as one that may have happened during sleep: the network and sync programs need
// a while to bring it.
const returnTime = 30 * time.Second

// isReturn reports whether a change may have happened while the machine slept until woke; a zero woke means no sleep. Since, if it is set,
// counts instead of At, because the event of a lock that disappeared is reported later than it was seen.
func (c Change) isReturn(woke time.Time) bool {
	seen := c.At
	if !c.Since.IsZero() {
		seen = c.Since
	}
	return !woke.IsZero() && seen.Sub(woke) < returnTime
}
