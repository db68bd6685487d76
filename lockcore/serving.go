package lockcore

import (
	"os"
	"sync"
	"time"
)

// strangerTime is how long a look waits for what a stranger's path leads to: it may lie on a mount that does not answer. It is no
// shorter, since a busy machine is slow, too.
const strangerTime = ReadTimeout / 2

// stuckOn has the PIDs of processes whose store has been looked for in vain for longer than that. For each there is one goroutine,
// which waits for the kernel.
var stuckOn sync.Map

// servingOf is findServing within strangerTime; UnknownStore if it takes longer.
func (s *Store) servingOf(p Process, c claim) Serving {
	if _, is := stuckOn.Load(p.PID); is {
		return UnknownStore
	}
	found := make(chan Serving, 1)
	go func() { found <- s.findServing(p, c) }()
	late := time.NewTimer(strangerTime)
	defer late.Stop()
	select {
	case serving := <-found:
		return serving
	case <-late.C:
	}
	stuckOn.Store(p.PID, true)
	go func() {
		<-found
		stuckOn.Delete(p.PID)
	}()
	return UnknownStore
}

// findServing finds which store a process works on, relative to this one.
//
// Its store is the one that its arguments name, else the one of its environment. It is another one only if the path leads, for
// the process, to an existing directory with another identity, the title that names it was not cut, and the process has no
// file open in our store. Everything less is UnknownStore.
func (s *Store) findServing(p Process, c claim) Serving {
	path, ok := storePath(p.PID, c)
	if !ok {
		return UnknownStore
	}
	switch same, another := s.leads(p.PID, path, s.dir); {
	case same:
		return ThisStore
	case another:
		if open, known := hasFileIn(p.PID, s.dir); known && !open {
			return AnotherStore
		}
	}
	return UnknownStore
}

// storePath returns the path by which a process names its store.
func storePath(pid int, c claim) (path string, ok bool) {
	switch {
	case c.store != "":
		return c.store, !c.titled || c.whole || titleFits(pid, c)
	case c.kind != Daemon || c.titled:
		return "", false
	}
	env, whole := environment(pid)
	if !whole {
		return "", false
	}
	path = storeOfEnvironment(env)
	return path, path != ""
}

// visitDaemon looks at one process for eachDaemon. The one that looks is left out.
func visitDaemon(pid int, visit func(Process, claim)) {
	if pid == os.Getpid() {
		return
	}
	if p, c := probeClaim(pid); p.Alive() && p.takesLocks() {
		visit(p, c)
	}
}
