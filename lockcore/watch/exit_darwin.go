package watch

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// exitWait is a kqueue with EVFILT_PROC for one process, and a user event that ends the wait. A thread waits in kevent(2);
// a store has one holder, seldom two.
type exitWait struct {
	kq   int
	once sync.Once
}

// callOff identifies our user event; there is only one in a queue.
const callOff = 1

// openExit fails where the process is gone.
func openExit(pid int) (*exitWait, error) {
	kq, err := unix.Kqueue()
	if err != nil {
		return nil, os.NewSyscallError("kqueue", err)
	}
	unix.CloseOnExec(kq)
	var events [2]unix.Kevent_t
	unix.SetKevent(&events[0], pid, unix.EVFILT_PROC, unix.EV_ADD|unix.EV_ONESHOT)
	events[0].Fflags = unix.NOTE_EXIT
	unix.SetKevent(&events[1], callOff, unix.EVFILT_USER, unix.EV_ADD|unix.EV_CLEAR)
	if _, err := unix.Kevent(kq, events[:], nil, nil); err != nil {
		unix.Close(kq)
		return nil, os.NewSyscallError("kevent", err)
	}
	return &exitWait{kq: kq}, nil
}

// wait gives nil when the process has ended, an error when close was called first.
func (w *exitWait) wait() error {
	defer unix.Close(w.kq)
	events := make([]unix.Kevent_t, 1)
	for {
		n, err := unix.Kevent(w.kq, nil, events, nil)
		switch {
		case errors.Is(err, unix.EINTR) || err == nil && n == 0:
		case err != nil:
			return err
		case events[0].Filter == unix.EVFILT_USER:
			return os.ErrClosed
		default:
			w.once.Do(func() {}) // nothing is left to call off
			return nil
		}
	}
}

func (w *exitWait) close() {
	w.once.Do(func() {
		var event unix.Kevent_t
		unix.SetKevent(&event, callOff, unix.EVFILT_USER, 0)
		event.Fflags = unix.NOTE_TRIGGER
		_, _ = unix.Kevent(w.kq, []unix.Kevent_t{event}, nil, nil)
	})
}
