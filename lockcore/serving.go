package lockcore

import "os"

// servingOf finds which store a process works on, relative to the one at dir.
//
// Its store is the one that its arguments name, else the one of its environment. It is another one only if the path leads, for
// the process, to an existing directory with another identity, the title that names it was not cut, and the process has no
// file open in our store. Everything less is UnknownStore.
func servingOf(p Process, c claim, dir string) Serving {
	path, ok := storePath(p.PID, c)
	if !ok {
		return UnknownStore
	}
	switch same, another := leadsTo(p.PID, path, dir); {
	case same:
		return ThisStore
	case another:
		if open, known := hasFileIn(p.PID, dir); known && !open {
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
