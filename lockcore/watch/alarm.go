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
