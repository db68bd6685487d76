package watch

import (
	"path/filepath"
	"slices"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// fileHints turns file events into the numbers of stores to look at. One fsnotify.Watcher, so one inotify instance, serves
// all stores. It is the only part that knows fsnotify.
type fileHints struct {
	dirs    []string
	routes  []route
	watcher *fsnotify.Watcher // nil: no events are to be had, the poll does it all
	byDir   map[string][]interest
	lost    bool // a watched directory went, or events were lost: watch anew even if all looks the same
}

// interest is why a directory is watched: a step on the way to a store, or (name empty) the store itself.
type interest struct {
	store int
	name  string
}

// hinted is what an event means.
type hinted struct {
	stores []int
	moved  bool // something on the way to a store changed, so other directories may have to be watched
}

func newFileHints(dirs []string) *fileHints { return &fileHints{dirs: dirs} }

func (h *fileHints) close() {
	if h.watcher != nil {
		h.watcher.Close()
	}
}

func (h *fileHints) blind() bool { return h.watcher == nil }

func (h *fileHints) events() <-chan fsnotify.Event {
	if h.watcher == nil {
		return nil
	}
	return h.watcher.Events
}

// overflowed: events were lost, so nothing that is watched is sure.
func (h *fileHints) overflowed() { h.lost = true }

func (h *fileHints) errors() <-chan error {
	if h.watcher == nil {
		return nil
	}
	return h.watcher.Errors
}

// refresh watches what is there now and reports whether that is anything else than before. An old watch never stands for a
// new directory: where a route changed, all begins anew with a fresh Watcher (on kqueue a directory that came back can be
// added without an error and without effect). A directory made while we add is found by walking until nothing changes.
func (h *fileHints) refresh() (changed bool) {
	for {
		routes := h.findRoutes()
		if h.intact() && slices.EqualFunc(routes, h.routes, route.same) {
			return changed
		}
		h.close()
		h.routes, h.lost, changed = routes, false, true
		if !h.watch() {
			return changed
		}
	}
}

// intact: a watch that the system dropped by itself is gone from the list. A directory that was made anew may have the old
// one's inode number, so being the same file is not enough.
func (h *fileHints) intact() bool {
	return h.watcher != nil && !h.lost && len(h.watcher.WatchList()) == len(h.byDir)
}

func (h *fileHints) findRoutes() []route {
	routes := make([]route, len(h.dirs))
	for i, dir := range h.dirs {
		routes[i] = findRoute(dir)
	}
	return routes
}

// watch begins anew; false where no events can be had (no inotify instance or descriptor left).
func (h *fileHints) watch() bool {
	h.byDir = map[string][]interest{}
	var err error
	if h.watcher, err = fsnotify.NewWatcher(); err != nil {
		h.watcher = nil
		return false
	}
	for i, r := range h.routes {
		for _, s := range r.watchedSteps() {
			h.add(s.dir, interest{i, s.name})
		}
		if r.store != "" {
			h.add(r.store, interest{i, ""})
		}
	}
	return true
}

// add: a directory that we may not watch (another user's home on the way) is left to the poll.
func (h *fileHints) add(dir string, why interest) {
	if _, ok := h.byDir[dir]; !ok && h.watcher.Add(dir) != nil {
		return
	}
	h.byDir[dir] = append(h.byDir[dir], why)
}

// stores says whom an event concerns. !ok: the Watcher died.
func (h *fileHints) stores(e fsnotify.Event, ok bool) hinted {
	if !ok {
		h.watcher = nil
		return hinted{moved: true}
	}
	var out hinted
	name := filepath.Base(e.Name)
	remade := e.Op.Has(fsnotify.Create) || e.Op.Has(fsnotify.Remove) || e.Op.Has(fsnotify.Rename)
	if _, watched := h.byDir[e.Name]; watched && remade {
		out.moved, h.lost = true, true
	}
	for _, why := range h.byDir[filepath.Dir(e.Name)] {
		switch {
		case why.name == name:
			out.moved, h.lost = true, h.lost || remade
			out.stores = append(out.stores, why.store)
		case why.name == "" && lockcore.Concerns(name) && !e.Op.Has(fsnotify.Chmod):
			out.stores = append(out.stores, why.store)
		}
	}
	return out
}
