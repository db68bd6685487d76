package watch

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestAlarmReportsTheClock checks that the alarm reports that the real clock was set.
func TestAlarmReportsTheClock(t *testing.T) {
	t.Parallel()
	a := newAlarm()
	defer a.close()
	a.set(never)
	setClock(t)
	if !<-a.rings() {
		t.Error("the alarm rang without reporting that the clock was set")
	}
}

// setClock steps the clock by the least amount that the kernel counts as a step, since other tests use the clock too.
func setClock(t *testing.T) {
	t.Helper()
	var nanosecond unix.Timeval
	nanosecond.Usec = 1 // with ADJ_NANO this is in nanoseconds
	_, err := unix.ClockAdjtime(unix.CLOCK_REALTIME, &unix.Timex{Modes: unix.ADJ_SETOFFSET | unix.ADJ_NANO, Time: nanosecond})
	permitted(t, err, unix.CAP_SYS_TIME, "CAP_SYS_TIME")
}

// TestAlarmReportsTheClockLate sets the clock, and then sets the alarm again before anything has read that the clock was set.
func TestAlarmReportsTheClockLate(t *testing.T) {
	t.Parallel()
	a, err := newClockAlarm()
	ok(t, err)
	a.set(never)
	setClock(t)
	a.set(never)
	a.running.Go(a.wait)
	defer a.close()
	if !<-a.rings() {
		t.Error("the alarm rang without reporting that the clock was set")
	}
}
