package watch

import (
	"context"
	"slices"
	"sync"
)

// exits waits for the end of the processes on which the state of one store depends. Where the system cannot report an end, the poll
// finds it.
type exits struct {
	store   int
	ctx     context.Context
	open    func(pid int) (ending, error)
	ended   chan<- exit
	waiting map[int]ending // by PID; nil: the wait could not begin
	running sync.WaitGroup
}

// exit reports that a process ended. The wait identifies it, since its PID may belong to another process by now.
type exit struct {
	store int
	pid   int
	wait  ending
}

// keep waits for these processes and no others. It reports whether another look must follow, because a wait began, or the first attempt to
// begin one failed: if the process ended between the look that named it and the wait, no hint ever comes.
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

// add begins a wait. It fails if the process is gone, the system denies the wait or no descriptor is left; the next look retries.
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

// drop ends and forgets a wait.
func (x *exits) drop(pid int) {
	if w := x.waiting[pid]; w != nil {
		w.close()
	}
	delete(x.waiting, pid)
}

// remove forgets a wait that has ended. It reports false if that wait was dropped already.
func (x *exits) remove(e exit) bool {
	current := x.waiting[e.pid] == e.wait
	if current {
		x.drop(e.pid)
	}
	return current
}

func (x *exits) close() {
	x.keep(nil)
	x.running.Wait()
}
