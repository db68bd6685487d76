package watch

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/fsnotify/fsnotify"
)

// watching provides file events. Only its own goroutine adds and removes watches, since that may take long: on a dead mount such a call
// never returns, and on Linux and Windows all other calls wait for it; on macOS fsnotify opens every entry of a directory.
type watching struct {
	files    *fsnotify.Watcher
	dirs     dirWatcher    // nil: files watches everything
	requests chan request  // holds the newest one
	stop     chan struct{} // closed to end run
	done     chan struct{} // closed when run has ended
}

// A dirWatcher reports that something changed in a directory, but not which entry. Each directory costs one descriptor. If how is not
// whole, the dirWatcher reports only changes of the entries that matter (contents).
type dirWatcher interface {
	add(dir string, how manner) error
	remove(dir string)
	changes() <-chan string
	close()
}

// manner selects which events of a directory are reported. The constants are ordered from most events to fewest. Without a dirWatcher
// all directories are watched closely, and events that do not matter are dropped later.
type manner int

const (
	closely  manner = iota // for a store: events of each entry from fsnotify, and from the dirWatcher what fsnotify missed
	whole                  // any change, from the dirWatcher
	forPeers               // for .lockbar: changes of the machines' files, from the dirWatcher
)

// A target specifies how to watch a directory. A new generation means that another directory may have taken the name.
type target struct {
	how        manner
	generation int
}

// A request names all directories to watch.
type request struct {
	serial int
	want   map[string]target
}

// An answer is the result of a request.
type answer struct {
	by      *watching
	serial  int
	watched map[string]target
	errs    map[string]error
	fresh   []string // directories that have just become watched
}

func newWatching(open func() (*fsnotify.Watcher, error), openDir func() (dirWatcher, error)) (*watching, error) {
	files, err := open()
	if err != nil {
		return nil, err
	}
	w := &watching{files: files, requests: make(chan request, 1), stop: make(chan struct{}), done: make(chan struct{})}
	if openDir == nil {
		return w, nil
	}
	if w.dirs, err = openDir(); err != nil {
		files.Close()
		return nil, err
	}
	return w, nil
}

// ask makes a request, which replaces one that has not begun. Only one goroutine may call it.
func (w *watching) ask(r request) {
	select {
	case <-w.requests:
	default:
	}
	w.requests <- r
}

func (w *watching) run(answers chan<- answer) {
	defer close(w.done)
	defer w.close()
	has := map[string]target{}
	for {
		select {
		case asked := <-w.requests:
			select {
			case answers <- w.reconcile(has, asked):
			case <-w.stop:
				return
			}
		case <-w.stop:
			return
		}
	}
}

func (w *watching) close() {
	w.files.Close()
	if w.dirs != nil {
		w.dirs.close()
	}
}

// reconcile adds and removes watches, and their entries in has, until they match the request as far as possible.
func (w *watching) reconcile(has map[string]target, asked request) answer {
	a := answer{by: w, serial: asked.serial, errs: map[string]error{}}
	w.forget(has, asked.want)
	for dir, t := range asked.want {
		if _, ok := has[dir]; ok {
			continue
		}
		if err := w.add(dir, t.how); err != nil {
			a.errs[dir] = fmt.Errorf("watch %s: %w", dir, explained(err))
			continue
		}
		has[dir] = t
		a.fresh = append(a.fresh, dir)
	}
	w.checkTwice(has, &a)
	a.watched = maps.Clone(has)
	return a
}

// forget removes watches that are no longer wanted, and entries whose watch ended without an event (after an unmount, say).
func (w *watching) forget(has, want map[string]target) {
	listed := w.listed()
	for dir, t := range has {
		wanted, ok := want[dir]
		switch {
		case !ok || wanted != t:
			w.remove(dir, t.how)
			delete(has, dir)
		case t.how == closely && !listed[dir]:
			delete(has, dir)
		}
	}
}

func (w *watching) listed() map[string]bool {
	list := map[string]bool{}
	for _, dir := range w.files.WatchList() {
		list[dir] = true
	}
	return list
}

func (w *watching) add(dir string, how manner) error {
	if how != closely {
		return w.dirs.add(dir, how)
	}
	err := w.files.Add(dir)
	if err == nil && w.dirs != nil {
		err = w.dirs.add(dir, how)
	}
	if err != nil {
		_ = w.files.Remove(dir) // fsnotify's kqueue keeps a directory that it could not list, and would not list it the next time
	}
	return err
}

func (w *watching) remove(dir string, how manner) {
	if w.dirs != nil {
		w.dirs.remove(dir)
	}
	if how == closely {
		_ = w.files.Remove(dir) // it may be gone already
	}
}

// errTwice means that a directory is mounted at two places: inotify identifies it by its inode and reports events only for the first
// name.
var errTwice = errors.New("watched already under another path")

// checkTwice removes directories that fsnotify's Add accepted but does not list.
func (w *watching) checkTwice(has map[string]target, a *answer) {
	if len(a.fresh) == 0 {
		return
	}
	listed := w.listed()
	a.fresh = slices.DeleteFunc(a.fresh, func(dir string) bool {
		if has[dir].how != closely || listed[dir] {
			return false
		}
		delete(has, dir)
		if _, a.errs[dir] = os.Lstat(dir); a.errs[dir] == nil { // it may be gone again
			a.errs[dir] = errTwice
		}
		return true
	})
}
