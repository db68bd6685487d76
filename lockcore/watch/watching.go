package watch

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/fsnotify/fsnotify"
)

// watching is what events come from. Only its own goroutine calls the Watchers: on a dead mount no such call returns, on Linux
// and Windows the others wait for that one, and on macOS fsnotify opens every entry of a directory.
type watching struct {
	files    *fsnotify.Watcher
	dirs     dirWatcher    // nil: files watches all
	requests chan request  // has room for the newest
	over     chan struct{} // closed when nobody asks for events any more
	done     chan struct{} // closed when all is closed
}

// dirWatcher tells that something changed in a directory, but not what; each directory costs one descriptor. Unless a directory is
// watched as a whole it tells only if its contents changed.
type dirWatcher interface {
	add(dir string, how manner) error
	remove(dir string)
	changes() <-chan string
	close()
}

// manner is how much of a directory is worth telling, the most first. Without a dirWatcher all are watched closely, and what is not
// worth telling is dropped later.
type manner int

const (
	closely  manner = iota // a store: what fsnotify tells of each entry, and what the dirWatcher finds that it missed
	whole                  // that something changed, as the dirWatcher tells it
	forPeers               // the same, if it concerns a file of another machine
)

// target is how a directory is to be watched. In another generation another directory may have its name.
type target struct {
	how        manner
	generation int
}

// request is what is to be watched, and nothing else.
type request struct {
	serial int
	want   map[string]target
}

// answer is what became of a request.
type answer struct {
	by      *watching
	serial  int
	watched map[string]target
	errs    map[string]error
	fresh   []string
}

func newWatching(open func() (*fsnotify.Watcher, error), openDir func() (dirWatcher, error)) (*watching, error) {
	files, err := open()
	if err != nil {
		return nil, err
	}
	w := &watching{files: files, requests: make(chan request, 1), over: make(chan struct{}), done: make(chan struct{})}
	if openDir == nil {
		return w, nil
	}
	if w.dirs, err = openDir(); err != nil {
		files.Close()
		return nil, err
	}
	return w, nil
}

// ask replaces a request that is not begun yet. One goroutine calls it.
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
			case <-w.over:
				return
			}
		case <-w.over:
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

// reconcile makes has what is wanted, as far as it can.
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

// forget lets go of what is not wanted any more, and of watches that went without an event, as after an unmount.
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
		_ = w.files.Remove(dir) // kqueue keeps a directory that it could not list, and would not list it the next time
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

// errTwice: inotify knows a directory by its inode; one that is mounted at two places gives its events to the first.
var errTwice = errors.New("watched already under another name")

// checkTwice takes back what Add only seemed to add.
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
