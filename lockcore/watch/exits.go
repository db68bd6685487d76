package watch

import (
	"context"
	"slices"
	"sync"
)

// exits waits for the end of the processes that hold one store. Where the system cannot tell, the poll sees it.
type exits struct {
	store   int
	ctx     context.Context
	open    func(pid int) (ending, error)
	ended   chan<- exit
	waiting map[int]ending // nil: its end cannot be waited for
	running sync.WaitGroup
}

// exit says that a process ended. The wait is named, not the PID, which may have a new owner by now.
type exit struct {
	store int
	pid   int
	wait  ending
}

// keep waits for just these processes. fresh: a wait began, so the look that named the process was too early to be the last
// word on it. Between them it may have ended, and then no hint ever comes.
func (x *exits) keep(pids []int) (fresh bool) {
	for pid := range x.waiting {
		if !slices.Contains(pids, pid) {
			x.drop(pid)
		}
	}
	for _, pid := range pids {
		w, known := x.waiting[pid]
		if w == nil {
			fresh = x.add(pid) || !known || fresh
		}
	}
	return fresh
}

// add fails where the process is gone, and where no descriptor is left; the next look tries again.
func (x *exits) add(pid int) bool {
	if x.waiting == nil {
		x.waiting = map[int]ending{}
	}
	w, err := x.open(pid)
	if err != nil {
		x.waiting[pid] = nil
		return false
	}
	x.waiting[pid] = w
	x.running.Go(func() {
		if w.wait() == nil {
			select {
			case x.ended <- exit{x.store, pid, w}:
			case <-x.ctx.Done():
			}
		}
	})
	return true
}

func (x *exits) drop(pid int) {
	if w := x.waiting[pid]; w != nil {
		w.close()
	}
	delete(x.waiting, pid)
}

// over forgets a wait that has come to its end.
func (x *exits) over(e exit) {
	if x.waiting[e.pid] == e.wait {
		x.drop(e.pid)
	}
}

func (x *exits) close() {
	x.keep(nil)
	x.running.Wait()
}
