package watch

import (
	"os"
	"runtime"
	"slices"
)

// place is a directory that is to be watched.
type place struct {
	step
	interests []interest
	whole     bool // it is, or is being, watched by the dirWatcher
	adding    bool
	doubted   bool // what is being added may be another directory by now
	added     bool
	err       error // why it could not be added; tried again at the next look
}

// interest is why a directory is watched: a step on the way to a store, or (name empty) the store itself.
type interest struct {
	store int
	name  string
	whole bool // that something changed is enough
}

// find walks to a store. It is called by the goroutines of looks.
func (h *fileHints) find(dir string) route {
	r := findRoute(dir)
	if h.openDir != nil {
		r.spare()
	}
	return r
}

// follow watches the way to a store as it was just walked, and reports whether it began to watch a directory that was not
// watched. What becomes of that comes by added.
func (h *fileHints) follow(i int, r route) (began bool) {
	before := h.routes[i]
	h.routes[i] = r
	if h.current == nil || h.intact(before, r) {
		return false
	}
	h.forget(i)
	for _, s := range r.watched() {
		h.claim(i, s)
	}
	h.sweep()
	return h.addAll(r)
}

// intact: the same names lead through the same directories, and all are watched.
func (h *fileHints) intact(before, now route) bool {
	return slices.EqualFunc(before.watched(), now.watched(), func(a, b step) bool {
		p := h.places[b.dir]
		return a.dir == b.dir && a.name == b.name && a.whole == b.whole && p != nil && p.added && os.SameFile(p.id, b.id)
	})
}

func (h *fileHints) forget(i int) {
	for _, p := range h.places {
		p.interests = slices.DeleteFunc(p.interests, func(why interest) bool { return why.store == i })
	}
}

// claim: a directory that was replaced has another identity, or had an event that said so.
func (h *fileHints) claim(i int, s step) {
	p := h.places[s.dir]
	if p == nil {
		p = &place{step: s}
		h.places[s.dir] = p
	}
	if !os.SameFile(p.id, s.id) {
		h.doubt(p)
	}
	p.id = s.id
	p.interests = append(p.interests, interest{i, s.name, s.whole})
}

// doubt drops a watch that may be of a directory that is no longer there. kqueue is known to add such a directory again
// without an error and without effect, so there all begins anew.
func (h *fileHints) doubt(p *place) {
	if p.added && !p.whole && runtime.GOOS != "linux" {
		h.broken = true
	}
	h.drop(p)
}

// drop lets go of a directory.
func (h *fileHints) drop(p *place) {
	switch {
	case p.adding:
		p.doubted = true
		return
	case p.added && p.whole:
		h.current.dirs.remove(p.dir)
	case p.added:
		_ = h.current.files.Remove(p.dir) // it may be gone already
	}
	p.added = false
}

// sweep drops the directories that no store needs any more, or not in the way in which they are watched.
func (h *fileHints) sweep() {
	for dir, p := range h.places {
		if len(p.interests) == 0 || p.whole != p.wanted() {
			h.drop(p)
		}
		if len(p.interests) == 0 && !p.adding {
			delete(h.places, dir)
		}
	}
}

// wanted reports whether it is enough to know that something changed.
func (p *place) wanted() bool {
	return !slices.ContainsFunc(p.interests, func(why interest) bool { return !why.whole })
}

// leadsBy reports whether the way to a store goes by one of these directories.
func (h *fileHints) leadsBy(i int, dirs []string) bool {
	return slices.ContainsFunc(h.routes[i].watched(), func(s step) bool { return slices.Contains(dirs, s.dir) })
}
