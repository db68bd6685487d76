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
	ended   chan<- exit
	waiting map[int]*exitWait // nil: its end cannot be waited for
	fresh   bool              // a wait began since the last look, which may have been too early: look once more
	running sync.WaitGroup
}

// keep waits for just these processes.
func (x *exits) keep(pids []int) {
	for pid, w := range x.waiting {
		if !slices.Contains(pids, pid) {
			w.close()
			delete(x.waiting, pid)
		}
	}
	for _, pid := range pids {
		if _, ok := x.waiting[pid]; !ok {
			x.add(pid)
		}
	}
}

// add opens the wait before anybody looks again. A process that is gone by now is a hint like its end.
func (x *exits) add(pid int) {
	if x.waiting == nil {
		x.waiting = map[int]*exitWait{}
	}
	w, err := openExit(pid)
	x.waiting[pid] = w
	x.fresh = true
	if err != nil {
		return
	}
	x.running.Go(func() {
		if w.wait() == nil {
			select {
			case x.ended <- exit{x.store, pid}:
			case <-x.ctx.Done():
			}
		}
	})
}

// forget drops a wait that is over.
func (x *exits) forget(pid int) {
	x.waiting[pid].close()
	delete(x.waiting, pid)
}

func (x *exits) wait() { x.running.Wait() }
