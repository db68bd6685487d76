package watch

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// queue is a kqueue(2) with a user event that ends the wait. A thread waits in kevent(2).
type queue int

// wakeID identifies the user event; there is only one in a queue.
const wakeID = 1

func newQueue() (queue, error) {
	kq, err := unix.Kqueue()
	if err != nil {
		return -1, os.NewSyscallError("kqueue", err)
	}
	unix.CloseOnExec(kq)
	q := queue(kq)
	if err := q.add(wakeID, unix.EVFILT_USER, unix.EV_CLEAR, 0); err != nil {
		q.close()
		return -1, err
	}
	return q, nil
}

// add requests an event. flags are added to EV_ADD; notes select what the filter reports.
func (q queue) add(ident, filter, flags int, notes uint32) error {
	return q.change(ident, filter, unix.EV_ADD|flags, notes)
}

func (q queue) change(ident, filter, flags int, notes uint32) error {
	var event unix.Kevent_t
	unix.SetKevent(&event, ident, filter, flags)
	event.Fflags = notes
	if _, err := unix.Kevent(int(q), []unix.Kevent_t{event}, nil, nil); err != nil {
		return os.NewSyscallError("kevent", err)
	}
	return nil
}

// wake ends the wait.
func (q queue) wake() { _ = q.change(wakeID, unix.EVFILT_USER, 0, unix.NOTE_TRIGGER) }

// next waits for an event and returns its identifier. The error is os.ErrClosed if wake ended the wait.
func (q queue) next() (ident int, err error) {
	events := make([]unix.Kevent_t, 1)
	for {
		n, err := unix.Kevent(int(q), nil, events, nil)
		switch {
		case errors.Is(err, unix.EINTR) || err == nil && n == 0:
		case err != nil:
			return 0, os.NewSyscallError("kevent", err)
		case events[0].Filter == unix.EVFILT_USER:
			return 0, os.ErrClosed
		default:
			return int(events[0].Ident), nil
		}
	}
}

func (q queue) close() { unix.Close(int(q)) }
