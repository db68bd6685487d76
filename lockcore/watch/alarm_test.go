package watch

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestTimerAlarm sets the alarm several times: it rings once, at the time that was set last, and not after it is closed.
func TestTimerAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, began := newTimerAlarm(), time.Now()
		a.set(time.Hour)
		a.set(time.Minute)
		if jumped, after := <-a.rings(), time.Since(began); jumped || after != time.Minute {
			t.Errorf("rang after %v, clock set: %v", after, jumped)
		}
		a.set(time.Minute)
		a.close()
		time.Sleep(time.Hour)
		select {
		case <-a.rings():
			t.Error("it rang after it was closed")
		default:
		}
	})
}

// TestAlarm sets this system's alarm to a past and to a future time.
func TestAlarm(t *testing.T) {
	t.Parallel()
	a := newAlarm()
	defer a.close()
	for _, after := range []time.Duration{0, -time.Second, time.Millisecond} {
		a.set(after)
		for <-a.rings() { // somebody set the clock
			a.set(after)
		}
	}
}
