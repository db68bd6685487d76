package watch

import (
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"lockbar/internal/fsx"
)

// A place is a directory to watch.
type place struct {
	step
	interests  []interest
	generation int // counts how often another directory may have taken its name
	flood      flood
}

// An interest is one reason to watch a directory: a step on the way to a store, or (name empty) the store itself or its .lockbar.
type interest struct {
	store int
	name  string
	how   manner // at least this closely
}

// above reports whether the place is only on the way to stores.
func (p *place) above() bool {
	return !slices.ContainsFunc(p.interests, func(why interest) bool { return why.name == "" })
}

// busy reports whether too much happens, or lately happened, in the place. unwatched reports whether it is therefore only polled.
// Neither is ever true of a store or its .lockbar.
func (p *place) busy() bool      { return p.flood.phase != calm && p.above() }
func (p *place) unwatched() bool { return p.flood.phase == unwatched && p.above() }

// target returns how to watch a place: as closely as any of its stores needs.
func (h *fileHints) target(p *place) target {
	if h.openDir == nil {
		return target{closely, p.generation}
	}
	how := forPeers
	for _, why := range p.interests {
		how = min(how, why.how)
	}
	return target{how, p.generation}
}

// find walks to a store. Each walk calls it in a separate goroutine.
func (h *fileHints) find(dir string) route {
	r := findRoute(dir)
	if h.openDir != nil {
		r.count()
	}
	return r
}

// follow requests watches for the way to a store, as it was just found. Directories that may not be watched (another user's home on the
// way) are only polled, and retried after each look.
func (h *fileHints) follow(i int, r route, now time.Time) {
	before := h.routes[i]
	r.settle(before)
	h.routes[i] = r
	if h.current == nil || h.intact(before, r, now) {
		return
	}
	h.missed[i] = h.missed[i] || h.mayMiss(i, r)
	for _, p := range h.places {
		p.interests = slices.DeleteFunc(p.interests, func(why interest) bool { return why.store == i })
	}
	for _, s := range r.steps {
		p := h.claim(s)
		if s.how == closely && r.crowded {
			s.how = whole
		}
		p.interests = append(p.interests, interest{i, s.name, s.how})
	}
	for dir, p := range h.places {
		if len(p.interests) == 0 {
			delete(h.places, dir)
		}
	}
	h.ask(now)
}

// intact reports whether the same names still lead through the same directories, and all of these are served.
func (h *fileHints) intact(before, r route, now time.Time) bool {
	return before.crowded == r.crowded && slices.EqualFunc(before.steps, r.steps, func(a, b step) bool {
		p := h.places[b.dir]
		if p == nil || a.dir != b.dir || a.name != b.name || !fsx.SameFile(p.id, b.id) {
			return false
		}
		p.flood.expire(now)
		return h.isServed(p)
	})
}

func (h *fileHints) isWatched(p *place) bool {
	t, ok := h.watched[p.dir]
	return ok && t == h.target(p)
}

// isServed reports whether a place is watched, or deliberately only polled.
func (h *fileHints) isServed(p *place) bool { return p.unwatched() || h.isWatched(p) }

// claim returns the place of a step. If the directory has another identity, it was replaced, and the place is invalidated. A directory that
// was replaced by one with the same identity has been invalidated by an event.
func (h *fileHints) claim(s step) *place {
	p := h.places[s.dir]
	if p == nil {
		p = &place{step: s}
		h.places[s.dir] = p
	}
	if !fsx.SameFile(p.id, s.id) {
		h.invalidate(p)
	}
	p.id = s.id
	return p
}

// invalidate causes a directory to be watched again, since its watch may belong to a directory that was replaced. fsnotify's kqueue is
// known to add such a directory again without an error and without effect, so outside Linux only a new Watcher helps.
func (h *fileHints) invalidate(p *place) {
	p.generation++
	if t, ok := h.watched[p.dir]; ok && t.how == closely && runtime.GOOS != "linux" {
		h.broken = true
	}
}

// waits reports whether it is still unknown whether the end of the way to a store is watched, because the request is unanswered or the
// directory disappeared.
func (h *fileHints) waits(i int) bool {
	p := h.places[h.routes[i].end()]
	if h.current == nil || p == nil || h.isServed(p) {
		return false
	}
	err := h.errs[p.dir]
	return err == nil || fsx.IsAbsent(err)
}

// isPlaced reports whether the end of the way to a store is a place. It is none until a store that ends there was followed since the last
// restart.
func (h *fileHints) isPlaced(i int) bool { return h.places[h.routes[i].end()] != nil }

// mayMiss reports whether the way to a store leads through a directory that was watched, but not for this step of the way. Events of the
// step were then ignored.
func (h *fileHints) mayMiss(i int, r route) bool {
	return slices.ContainsFunc(r.steps, func(s step) bool {
		p := h.places[s.dir]
		return p != nil && h.isWatched(p) && !slices.ContainsFunc(p.interests, func(why interest) bool { return why.store == i && why.name == s.name })
	})
}

// clearMissed reports, once, whether events on the way to a store may have come before that way was known.
func (h *fileHints) clearMissed(i int) bool {
	missed := h.missed[i]
	h.missed[i] = false
	return missed
}

// leadsBy reports whether the way to a store leads through one of these directories, or through a child of one: fsnotify does not report
// the removal of a child whose parent has just become watched.
func (h *fileHints) leadsBy(i int, dirs []string) bool {
	return slices.ContainsFunc(h.routes[i].steps, func(s step) bool {
		return slices.Contains(dirs, s.dir) || slices.Contains(dirs, filepath.Dir(s.dir))
	})
}
