package watch

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// fileHints turns file events into the numbers of stores to look at. One fsnotify.Watcher, so one inotify instance, serves
// all stores. It is the only part that knows fsnotify.
//
// Nothing here opens or walks a path in the loop's goroutine: on a dead mount even inotify_add_watch(2) does not return, and
// kqueue opens every entry of a directory that fsnotify watches.
type fileHints struct {
	open    func() (*fsnotify.Watcher, error)
	openDir func() (dirWatcher, error) // nil where fsnotify watches a directory without opening what is in it

	now     *watching     // nil: no events are to be had, the poll does it all
	failure error         // why
	lost    chan struct{} // events of this Watcher were lost
	added   chan addition
	routes  []route // of each store, as last walked
	places  map[string]*place
	ours    []bool // of each store: its lock is plainly ours
	broken  bool   // only a new Watcher will do
}

// watching is what events come from, until it is replaced.
type watching struct {
	files  *fsnotify.Watcher
	dirs   dirWatcher // nil: files watches all
	adding sync.WaitGroup
	over   chan struct{} // closed when nobody asks for events any more
}

// dirWatcher tells that something changed in a directory, but not what; each directory costs one descriptor. Its methods may
// be called by several goroutines.
type dirWatcher interface {
	add(dir string) error // may take as long as the file system does
	remove(dir string)
	changes() <-chan string
	close()
}

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

// addition is what became of directories that were to be watched.
type addition struct {
	by   *watching
	errs map[string]error
}

func newFileHints(stores int, s system) *fileHints {
	return &fileHints{open: s.newWatcher, openDir: s.newDirWatcher, added: make(chan addition),
		routes: make([]route, stores), ours: make([]bool, stores), places: map[string]*place{}}
}

// close lets go of all watches. What is being added may hang, so it is waited for elsewhere: a Watcher that is closed meanwhile
// would leave it a descriptor that nobody closes.
func (h *fileHints) close() {
	if h.now == nil {
		return
	}
	close(h.now.over)
	if h.anyAdding() {
		go h.now.close()
	} else {
		h.now.close()
	}
	h.now = nil
}

func (h *fileHints) anyAdding() bool {
	for _, p := range h.places {
		if p.adding {
			return true
		}
	}
	return false
}

func (w *watching) close() {
	w.adding.Wait()
	w.files.Close()
	if w.dirs != nil {
		w.dirs.close()
	}
}

// restart begins anew with a fresh Watcher. Every store must be followed again then, after a look.
func (h *fileHints) restart() {
	h.close()
	h.broken, h.places = false, map[string]*place{}
	h.now, h.failure = h.begin()
	if h.failure != nil {
		h.failure = explained(h.failure)
		return
	}
	h.lost = make(chan struct{}, 1)
	go drainErrors(h.now.files.Errors, h.lost)
}

func (h *fileHints) begin() (*watching, error) {
	files, err := h.open()
	if err != nil {
		return nil, err
	}
	w := &watching{files: files, over: make(chan struct{})}
	if h.openDir == nil {
		return w, nil
	}
	if w.dirs, err = h.openDir(); err != nil {
		files.Close()
		return nil, err
	}
	return w, nil
}

// drainErrors must never wait: fsnotify 1.10.1 sends an error with its mutex held (a directory that is renamed and removed
// at once), and Add would wait for the mutex while the error waits for us.
func drainErrors(errors <-chan error, lost chan<- struct{}) {
	for range errors {
		select {
		case lost <- struct{}{}:
		default:
		}
	}
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
	if h.now == nil || h.intact(before, r) {
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
		h.now.dirs.remove(p.dir)
	case p.added:
		_ = h.now.files.Remove(p.dir) // it may be gone already
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
	w := h.now
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
	if a.by != h.now {
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

// leadsBy reports whether the way to a store goes by one of these directories.
func (h *fileHints) leadsBy(i int, dirs []string) bool {
	return slices.ContainsFunc(h.routes[i].watched(), func(s step) bool { return slices.Contains(dirs, s.dir) })
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
	if h.now == nil {
		return nil
	}
	list := h.now.files.WatchList()
	slices.Sort(list)
	for _, p := range h.places {
		if _, ok := slices.BinarySearch(list, p.dir); p.added && !p.whole && !ok {
			gone = append(gone, p)
		}
	}
	return gone
}
