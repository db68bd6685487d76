package watch

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// clockAlarm is an alarm that uses a timerfd. The kernel cancels its timer when the clock is set, and also when the machine wakes, since
// then the wall clock jumps against CLOCK_MONOTONIC (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). The runtime's poller waits for it, so
// no thread is blocked and the runtime has no timer to wake for.
type clockAlarm struct {
	fd      int
	file    *os.File
	ring    chan bool
	jumped  atomic.Bool // set got ECANCELED, and no ring has reported it yet
	stop    chan struct{}
	running sync.WaitGroup
}

func newAlarm() alarm {
	a, err := newClockAlarm()
	if err != nil {
		return newTimerAlarm() // no descriptor left
	}
	a.running.Go(a.wait)
	return a
}

// newClockAlarm returns an alarm whose wait has not begun.
func newClockAlarm() (*clockAlarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	a := &clockAlarm{fd: fd, file: os.NewFile(uintptr(fd), "timerfd"), ring: make(chan bool), stop: make(chan struct{})}
	a.set(PollInterval) // a timer that is not set is not cancelled either
	return a, nil
}

// set makes the alarm ring after this time. It uses a time of the wall clock, since only such timers are cancelled when the clock is set.
func (a *clockAlarm) set(after time.Duration) {
	past := unix.Timespec{Nsec: 1} // the alarm rings at once, so that the loop acts by the new clock
	at := unix.NsecToTimespec(time.Now().Add(max(after, 0)).UnixNano())
	flags := unix.TFD_TIMER_ABSTIME | unix.TFD_TIMER_CANCEL_ON_SET
	if a.jumped.Load() { // no ring has told the loop yet
		at = past
	}
	// ECANCELED, the only error, means that the clock was set after the last Read of wait. The kernel reports that once: here, or to the next
	// Read.
	for errors.Is(unix.TimerfdSettime(a.fd, flags, &unix.ItimerSpec{Value: at}, nil), unix.ECANCELED) {
		at = past
		a.jumped.Store(true)
	}
}

func (a *clockAlarm) wait() {
	var count [8]byte
	for {
		_, err := a.file.Read(count[:])
		jumped := errors.Is(err, unix.ECANCELED)
		if err != nil && !jumped {
			return // closed
		}
		jumped = a.jumped.Swap(false) || jumped
		select {
		case a.ring <- jumped:
		case <-a.stop:
			return
		}
	}
}

func (a *clockAlarm) rings() <-chan bool { return a.ring }

func (a *clockAlarm) close() {
	close(a.stop)
	a.file.Close()
	a.running.Wait()
}
