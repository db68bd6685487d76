package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// fileHints turns file events into the numbers of stores to look at. One fsnotify.Watcher, so one inotify instance, serves
// all stores. It is the only part that knows fsnotify.
//
// Nothing here walks a path that was not walked a moment ago: on a dead mount even inotify_add_watch(2) does not return.
type fileHints struct {
	open    func() (*fsnotify.Watcher, error)
	watcher *fsnotify.Watcher // nil: no events are to be had, the poll does it all
	failure error             // why
	lost    chan struct{}     // events of this Watcher were lost
	routes  []route           // of each store, as last walked
	places  map[string]*place
	ours    []bool // of each store: its lock is plainly ours
	broken  bool   // only a new Watcher will do
}

// place is a directory that is to be watched.
type place struct {
	step
	interests []interest
	added     bool
	err       error // why it could not be added; tried again at the next look
}

// interest is why a directory is watched: a step on the way to a store, or (name empty) the store itself.
type interest struct {
	store int
	name  string
}

func newFileHints(stores int, open func() (*fsnotify.Watcher, error)) *fileHints {
	return &fileHints{open: open, routes: make([]route, stores), ours: make([]bool, stores), places: map[string]*place{}}
}

func (h *fileHints) close() {
	if h.watcher != nil {
		h.watcher.Close()
		h.watcher = nil
	}
}

// restart begins anew with a fresh Watcher. Every store must be followed again then, after a look.
func (h *fileHints) restart() {
	h.close()
	h.broken, h.places = false, map[string]*place{}
	if h.watcher, h.failure = h.open(); h.failure != nil {
		h.watcher, h.failure = nil, explained(h.failure)
		return
	}
	h.lost = make(chan struct{}, 1)
	go drainErrors(h.watcher.Errors, h.lost)
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

func (h *fileHints) events() <-chan fsnotify.Event {
	if h.watcher == nil {
		return nil
	}
	return h.watcher.Events
}

// follow watches the way to a store as it was just walked, and reports whether a directory is watched that was not: what
// happened in it since the walk is not known then.
func (h *fileHints) follow(i int, r route) (added bool) {
	before := h.routes[i]
	h.routes[i] = r
	if h.watcher == nil || h.intact(before, r) {
		return false
	}
	h.forget(i)
	for _, s := range r.watched() {
		h.claim(i, s)
	}
	h.sweep()
	for _, s := range r.watched() {
		added = h.add(h.places[s.dir]) || added
	}
	if added {
		h.checkTwice()
	}
	return added
}

// intact: the same names lead through the same directories, and all are watched.
func (h *fileHints) intact(before, now route) bool {
	return slices.EqualFunc(before.watched(), now.watched(), func(a, b step) bool {
		p := h.places[b.dir]
		return a.dir == b.dir && a.name == b.name && p != nil && p.added && os.SameFile(p.id, b.id)
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
	p.interests = append(p.interests, interest{i, s.name})
}

// doubt drops a watch that may be of a directory that is no longer there. kqueue is known to add such a directory again
// without an error and without effect, so there all begins anew.
func (h *fileHints) doubt(p *place) {
	if !p.added {
		return
	}
	p.added = false
	if runtime.GOOS == "linux" {
		_ = h.watcher.Remove(p.dir) // gone already, as a rule
		return
	}
	h.broken = true
}

// sweep drops the directories that no store needs any more.
func (h *fileHints) sweep() {
	for dir, p := range h.places {
		if len(p.interests) == 0 {
			h.doubt(p)
			delete(h.places, dir)
		}
	}
}

// add: a directory that we may not watch (another user's home on the way) is left to the poll.
func (h *fileHints) add(p *place) bool {
	if p.added || h.broken {
		return false
	}
	if p.err = h.watcher.Add(p.dir); p.err != nil {
		p.err = fmt.Errorf("watch %s: %w", p.dir, explained(p.err))
	}
	p.added = p.err == nil
	return p.added
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
	if h.watcher == nil {
		return nil
	}
	list := h.watcher.WatchList()
	slices.Sort(list)
	for _, p := range h.places {
		if _, ok := slices.BinarySearch(list, p.dir); p.added && !ok {
			gone = append(gone, p)
		}
	}
	return gone
}

var errDied = errors.New("file events ended")

// hint names a store that an event concerns.
type hint struct {
	store    int
	appeared bool // the lock was there for a moment at least
}

// hints says whom an event concerns. !ok: the Watcher died.
func (h *fileHints) hints(e fsnotify.Event, ok bool) (concerned []hint) {
	if !ok {
		h.watcher, h.failure, h.broken = nil, errDied, true
		return nil
	}
	slash := strings.LastIndexByte(e.Name, filepath.Separator)
	dir, name := e.Name[:max(slash, 0)], e.Name[slash+1:]
	if p := h.places[e.Name]; p != nil {
		concerned = h.itself(p, e.Op)
	}
	p := h.places[dir]
	if p == nil {
		p = h.places[filepath.Dir(e.Name)] // a root, which ends in a separator
	}
	if p == nil {
		return concerned
	}
	return append(concerned, h.inside(p, name, e.Op)...)
}

// itself: an event of a watched directory concerns all whose way leads there.
func (h *fileHints) itself(p *place, op fsnotify.Op) (concerned []hint) {
	if remade(op) {
		h.doubtBelow(p.dir)
	}
	for _, why := range p.interests {
		concerned = append(concerned, hint{store: why.store})
	}
	return concerned
}

func (h *fileHints) inside(p *place, name string, op fsnotify.Op) (concerned []hint) {
	for _, why := range p.interests {
		switch {
		case why.name == name:
			if remade(op) {
				h.doubtBelow(filepath.Join(p.dir, name))
			}
		case why.name != "" || !matters(name, op, h.ours[why.store]):
			continue
		}
		lock := why.name == "" && name == lockcore.LockName
		concerned = append(concerned, hint{why.store, lock && (op.Has(fsnotify.Create) || op.Has(fsnotify.Write))})
	}
	return concerned
}

// remade: the name may lead to another directory now, even one with the same inode number.
func remade(op fsnotify.Op) bool {
	return op.Has(fsnotify.Create) || op.Has(fsnotify.Remove) || op.Has(fsnotify.Rename)
}

func (h *fileHints) doubtBelow(dir string) {
	for _, p := range h.places {
		if p.dir == dir || strings.HasPrefix(p.dir, dir+string(filepath.Separator)) {
			h.doubt(p)
		}
	}
}

// daemonState is what the daemon writes all the time; a look asks it only where the lock is not plainly ours.
const daemonState = ".daemon-state.json"

// matters: a mere change of attributes is worth a look for the lock itself, which may have become unreadable; of other files
// it comes by the hundred when something indexes the disk.
func matters(name string, op fsnotify.Op, ours bool) bool {
	if op == fsnotify.Chmod {
		return name == lockcore.LockName
	}
	return lockcore.Concerns(name) && !(ours && name == daemonState)
}
