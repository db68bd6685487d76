package watch

import (
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// clockAlarm is a timerfd that is called off when the clock is set, and also when the machine wakes, since the wall clock
// jumps against CLOCK_MONOTONIC then (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). The runtime's poller waits for it: no
// thread does, and with no timer of its own the runtime need not wake for one.
type clockAlarm struct {
	fd      int
	file    *os.File
	ring    chan bool
	stop    chan struct{}
	running sync.WaitGroup
}

func newAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newTimerAlarm() // no descriptor left
	}
	a := &clockAlarm{fd: fd, file: os.NewFile(uintptr(fd), "timerfd"), ring: make(chan bool), stop: make(chan struct{})}
	a.set(PollInterval) // a timer that is not set is not called off either
	a.running.Go(a.wait)
	return a
}

// set takes wall-clock time, the only one that is called off.
func (a *clockAlarm) set(after time.Duration) {
	at := unix.NsecToTimespec(time.Now().Add(max(after, 0)).UnixNano())
	flags := unix.TFD_TIMER_ABSTIME | unix.TFD_TIMER_CANCEL_ON_SET
	_ = unix.TimerfdSettime(a.fd, flags, &unix.ItimerSpec{Value: at}, nil) // our own descriptor, a valid time
}

func (a *clockAlarm) wait() {
	var count [8]byte
	for {
		_, err := a.file.Read(count[:])
		jumped := errors.Is(err, unix.ECANCELED)
		if err != nil && !jumped {
			return // closed
		}
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
