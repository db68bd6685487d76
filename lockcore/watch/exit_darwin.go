package watch

import (
	"sync"

	"golang.org/x/sys/unix"
)

// exitWait waits for a process with a kqueue and EVFILT_PROC. Each wait has a kqueue of its own, since a store has one holder, seldom two.
type exitWait struct {
	queue queue
	once  sync.Once
}

// openExit fails if the process is gone.
func openExit(pid int) (ending, error) {
	q, err := newQueue()
	if err != nil {
		return nil, err
	}
	if err := q.add(pid, unix.EVFILT_PROC, unix.EV_ONESHOT, unix.NOTE_EXIT); err != nil {
		q.close()
		return nil, err
	}
	return &exitWait{queue: q}, nil
}

func (w *exitWait) wait() error {
	defer w.queue.close()
	if _, err := w.queue.next(); err != nil {
		return err
	}
	w.once.Do(func() {}) // close must not use the queue any more
	return nil
}

func (w *exitWait) close() { w.once.Do(w.queue.wake) }
