package watch

import (
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// fileHints turns file events into the numbers of stores to look at. One fsnotify.Watcher, so one inotify instance, serves
// all stores. It belongs to the loop, and calls no Watcher itself: watching does.
type fileHints struct {
	open    func() (*fsnotify.Watcher, error)
	openDir func() (dirWatcher, error) // nil where fsnotify watches a directory without opening what is in it

	current *watching         // nil: no events are to be had, the poll does it all
	failure error             // why
	lost    chan struct{}     // events of this Watcher were lost
	routes  []route           // of each store, as last walked
	places  map[string]*place // what is to be watched, by directory
	watched map[string]target // what is watched, as last answered
	errs    map[string]error  // why the others are not
	answers chan answer
	serial  int       // of the newest request
	asked   time.Time // when the watching was asked what it has not answered yet; zero: nothing
	stuck   bool      // the answer is overdue
	ours    []bool    // of each store: its lock is plainly ours
	late    []bool    // of each store: it may have missed what was told before its way was known
	broken  bool      // only a new Watcher will do
}

func newFileHints(stores int, s system) *fileHints {
	return &fileHints{open: s.newWatcher, openDir: s.newDirWatcher, answers: make(chan answer),
		routes: make([]route, stores), ours: make([]bool, stores), late: make([]bool, stores)}
}

// restart replaces the Watcher. Every store must be followed again then, after a look.
func (h *fileHints) restart() {
	h.close()
	h.broken, h.places, h.watched, h.errs = false, map[string]*place{}, nil, nil
	if h.current, h.failure = newWatching(h.open, h.openDir); h.failure != nil {
		h.failure = explained(h.failure)
		return
	}
	h.lost = make(chan struct{}, 1)
	go drainErrors(h.current.files.Errors, h.lost)
	go h.current.run(h.answers)
}

// drainErrors must never wait: fsnotify 1.10.1 sends an error with its mutex held (a directory that is renamed and removed
// at once), and Add would wait for the mutex while the error waits for us. kqueue sends one too where it was about to open a new file
// that is gone again: no event is lost by that.
func drainErrors(errs <-chan error, lost chan<- struct{}) {
	for err := range errs {
		if fsx.IsAbsent(err) {
			continue
		}
		select {
		case lost <- struct{}{}:
		default:
		}
	}
}

// close ends the watching, and waits for that unless it hangs.
func (h *fileHints) close() {
	if h.current == nil {
		return
	}
	close(h.current.over)
	late := time.NewTimer(closeWait)
	defer late.Stop()
	select {
	case <-h.current.done:
	case <-late.C:
	}
	h.current, h.asked, h.stuck = nil, time.Time{}, false
}

// ask has the watching watch the places, and no others. It sends an answer.
func (h *fileHints) ask(now time.Time) {
	if h.current == nil || h.broken {
		return
	}
	want := map[string]target{}
	for dir, p := range h.places {
		if !p.left() {
			want[dir] = h.target(p)
		}
	}
	h.serial++
	h.current.ask(request{h.serial, want})
	h.asked = earlier(h.asked, now)
}

// accept takes in an answer and returns the directories that are watched now and were not: what happened in them since the walk is
// not known. Those that are gone since the walk are returned, too: the way is another one now.
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

// overdue notes whether the watching hangs: then no events are to be trusted, since fsnotify's other calls wait for that one.
func (h *fileHints) overdue(now time.Time) {
	h.stuck = !h.asked.IsZero() && now.Sub(h.asked) >= lockcore.ReadTimeout
}
