package watch

import (
	"errors"
	"fmt"
	"slices"
)

// addition is what became of directories that were to be watched.
type addition struct {
	by   *watching
	errs map[string]error
}

// addAll begins to watch what is not watched of a way. A directory that we may not watch (another user's home on the way) is
// left to the poll.
func (h *fileHints) addAll(r route) (began bool) {
	whole := map[string]bool{}
	for _, s := range r.watched() {
		if p := h.places[s.dir]; !p.added && !p.adding && !h.broken {
			p.adding, p.whole = true, p.wanted()
			whole[p.dir] = p.whole
		}
	}
	if len(whole) == 0 {
		return false
	}
	w := h.current
	w.adding.Go(func() { w.add(whole, h.added) })
	return true
}

// add watches directories, for as long as the file system takes for that.
func (w *watching) add(whole map[string]bool, added chan<- addition) {
	a := addition{w, map[string]error{}}
	for dir, whole := range whole {
		a.errs[dir] = w.addOne(dir, whole)
	}
	select {
	case added <- a:
	case <-w.over:
	}
}

func (w *watching) addOne(dir string, whole bool) error {
	if whole {
		return w.dirs.add(dir)
	}
	err := w.files.Add(dir)
	if err != nil {
		_ = w.files.Remove(dir) // kqueue keeps a directory that it could not list, and would not list it the next time
	}
	return err
}

// done takes in what became of directories that were to be watched, and returns those that are watched now: what happened in
// them since the walk is not known.
func (h *fileHints) done(a addition) (fresh []string) {
	if a.by != h.current {
		return nil
	}
	for dir, err := range a.errs {
		p := h.places[dir]
		p.adding, p.added, p.err = false, err == nil, nil
		if err != nil {
			p.err = fmt.Errorf("watch %s: %w", dir, explained(err))
		} else {
			fresh = append(fresh, dir)
		}
		if p.doubted {
			p.doubted = false
			h.doubt(p)
		}
	}
	h.sweep()
	h.checkTwice()
	return fresh
}

// errTwice: inotify knows a directory by its inode; one that is mounted at two places gives its events to the first.
var errTwice = errors.New("watched already under another name")

// checkTwice takes back what Add only seemed to add.
func (h *fileHints) checkTwice() {
	for _, p := range h.missing() {
		p.added, p.err = false, errTwice
	}
}

// verify finds watches that went without an event, as after an unmount. They are added again after the next look.
func (h *fileHints) verify() {
	for _, p := range h.missing() {
		p.added = false
	}
}

// missing are the places that we think watched and fsnotify does not.
func (h *fileHints) missing() (gone []*place) {
	if h.current == nil {
		return nil
	}
	list := h.current.files.WatchList()
	slices.Sort(list)
	for _, p := range h.places {
		if _, ok := slices.BinarySearch(list, p.dir); p.added && !p.whole && !ok {
			gone = append(gone, p)
		}
	}
	return gone
}
