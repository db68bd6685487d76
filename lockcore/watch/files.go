package watch

import (
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// fileHints turns file events into the indexes of stores to look at. One fsnotify.Watcher, so one inotify instance, serves
// all stores. fileHints belongs to the loop. It never adds or removes a watch itself, since that may hang: watching does.
type fileHints struct {
	open    func() (*fsnotify.Watcher, error)
	openDir func() (dirWatcher, error) // as system.newDirWatcher

	current  *watching         // nil: there are no events, only the poll
	failure  error             // why current is nil
	overflow chan struct{}     // events of this Watcher may be lost
	routes   []route           // of each store, as last walked
	places   map[string]*place // the directories to watch
	watched  map[string]target // the directories that are watched, as last answered
	errs     map[string]error  // why other places are not watched
	answers  chan answer
	serial   int       // of the newest request
	asked    time.Time // since when an answer is owed; zero: all requests are answered
	stuck    bool      // the answer is overdue
	ours     []bool    // for each store: its lock is plainly ours
	missed   []bool    // for each store: events may have come before the way to it was known
	broken   bool      // only a new Watcher helps
}

func newFileHints(stores int, s system) *fileHints {
	return &fileHints{open: s.newWatcher, openDir: s.newDirWatcher, answers: make(chan answer),
		routes: make([]route, stores), ours: make([]bool, stores), missed: make([]bool, stores)}
}

// restart replaces the Watcher. The caller must then look at every store and follow it again.
func (h *fileHints) restart() {
	h.close()
	h.broken, h.places, h.watched, h.errs = false, map[string]*place{}, nil, nil
	if h.current, h.failure = newWatching(h.open, h.openDir); h.failure != nil {
		h.failure = explained(h.failure)
		return
	}
	h.overflow = make(chan struct{}, 1)
	go drainErrors(h.current.files.Errors, h.overflow)
	go h.current.run(h.answers)
}

// drainErrors receives each error without delay. fsnotify 1.10.1 may send an error with its mutex held (for a directory that is renamed and
// then quickly removed): if nobody received it, Add would wait for the mutex for ever. Its kqueue also sends an error if a new file is gone
// before it could be opened; that loses no event.
func drainErrors(errs <-chan error, overflow chan<- struct{}) {
	for err := range errs {
		if fsx.IsAbsent(err) {
			continue
		}
		select {
		case overflow <- struct{}{}:
		default:
		}
	}
}

// close ends the goroutine of the watching and waits for it, but no longer than closeWait.
func (h *fileHints) close() {
	if h.current == nil {
		return
	}
	close(h.current.stop)
	late := time.NewTimer(closeWait)
	defer late.Stop()
	select {
	case <-h.current.done:
	case <-late.C:
	}
	h.current, h.asked, h.stuck = nil, time.Time{}, false
}

// ask requests watches of the places, and of no others. An answer follows.
func (h *fileHints) ask(now time.Time) {
	if h.current == nil || h.broken {
		return
	}
	want := map[string]target{}
	for dir, p := range h.places {
		if !p.unwatched() {
			want[dir] = h.target(p)
		}
	}
	h.serial++
	h.current.ask(request{h.serial, want})
	h.asked = earlier(h.asked, now)
}

// accept applies an answer. It returns the directories that have just become watched (events since the walk were missed there), and those
// that disappeared since the walk (so the way has changed).
func (h *fileHints) accept(a answer, now time.Time) (fresh, gone []string) {
	if a.by != h.current {
		return nil, nil
	}
	h.watched, h.errs, h.asked, h.stuck = a.watched, a.errs, time.Time{}, false
	if a.serial != h.serial { // asked again meanwhile
		h.asked = now
	}
	for dir, err := range a.errs {
		if fsx.IsAbsent(err) {
			gone = append(gone, dir)
		}
	}
	return a.fresh, gone
}

// overdue notes whether the watching hangs. No event is reliable then, since fsnotify's other calls wait for the one that hangs.
func (h *fileHints) overdue(now time.Time) {
	h.stuck = !h.asked.IsZero() && now.Sub(h.asked) >= lockcore.ReadTimeout
}
