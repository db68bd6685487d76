package watch

import (
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

	current *watching     // nil: no events are to be had, the poll does it all
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

func newFileHints(stores int, s system) *fileHints {
	return &fileHints{open: s.newWatcher, openDir: s.newDirWatcher, added: make(chan addition),
		routes: make([]route, stores), ours: make([]bool, stores), places: map[string]*place{}}
}

// close lets go of all watches. What is being added may hang, so it is waited for elsewhere: a Watcher that is closed meanwhile
// would leave it a descriptor that nobody closes.
func (h *fileHints) close() {
	if h.current == nil {
		return
	}
	close(h.current.over)
	if h.anyAdding() {
		go h.current.close()
	} else {
		h.current.close()
	}
	h.current = nil
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
	h.current, h.failure = h.begin()
	if h.failure != nil {
		h.failure = explained(h.failure)
		return
	}
	h.lost = make(chan struct{}, 1)
	go drainErrors(h.current.files.Errors, h.lost)
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
