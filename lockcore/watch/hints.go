package watch

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// events returns the channel of file events; nil if there is no Watcher.
func (h *fileHints) events() <-chan fsnotify.Event {
	if h.current == nil {
		return nil
	}
	return h.current.files.Events
}

// dirChanges returns a channel of the directories in which something changed.
func (h *fileHints) dirChanges() <-chan string {
	if h.current == nil || h.current.dirs == nil {
		return nil
	}
	return h.current.dirs.changes()
}

var errDied = errors.New("file events ended")

// hint names a store that an event concerns.
type hint struct {
	store    int
	appeared bool // the lock existed for at least a moment
}

// hints returns the stores that an event concerns. If ok is false, the Watcher died.
func (h *fileHints) hints(e fsnotify.Event, ok bool) (concerned []hint) {
	if !ok {
		h.close()
		h.failure, h.broken = errDied, true
		return nil
	}
	slash := strings.LastIndexByte(e.Name, filepath.Separator)
	dir, name := e.Name[:max(slash, 0)], e.Name[slash+1:]
	if name == lockcore.PeersName && e.Op == fsnotify.Write {
		return nil // Windows reports this if something in .lockbar changed; the watch of .lockbar itself reports the file
	}
	if p := h.places[e.Name]; p != nil {
		if remade(e.Op) {
			h.invalidateBelow(p.dir)
		}
		concerned = p.all()
	}
	p := h.places[dir]
	if p == nil {
		p = h.places[filepath.Dir(e.Name)] // a root, which ends in a separator
	}
	if p == nil {
		return concerned
	}
	if concerned = append(concerned, h.inside(p, name, e.Op)...); len(concerned) == 0 {
		h.countUnrelated(p)
	}
	return concerned
}

// countUnrelated counts an event that concerned no store, or perhaps none. Too many such events end the watch of a place that is only on
// the way to stores.
func (h *fileHints) countUnrelated(p *place) {
	if !p.above() {
		return
	}
	if now := time.Now(); p.flood.event(now) {
		h.ask(now)
	}
}

// changed returns the stores that a change in a directory concerns.
func (h *fileHints) changed(dir string) []hint {
	p := h.places[dir]
	if p == nil {
		return nil // no store needs it now
	}
	if h.countUnrelated(p); p.unwatched() {
		return nil
	}
	return p.all()
}

// all returns a hint for each store whose way includes the place.
func (p *place) all() (concerned []hint) {
	for _, why := range p.interests {
		concerned = append(concerned, hint{store: why.store})
	}
	return concerned
}

// inside returns the stores that an event of a directory entry concerns.
func (h *fileHints) inside(p *place, name string, op fsnotify.Op) (concerned []hint) {
	for _, why := range p.interests {
		switch {
		case why.how == forPeers:
			if !mattersToPeers(name, op) {
				continue
			}
		case why.name == name:
			if remade(op) {
				h.invalidateBelow(filepath.Join(p.dir, name))
			}
		case why.name != "" || !matters(name, op, h.ours[why.store]):
			continue
		}
		lock := why.name == "" && name == lockcore.LockName
		concerned = append(concerned, hint{why.store, lock && (op.Has(fsnotify.Create) || op.Has(fsnotify.Write))})
	}
	return concerned
}

// remade reports whether an event means that the name may lead to another directory now, even one with the same inode number.
func remade(op fsnotify.Op) bool {
	return op.Has(fsnotify.Create) || op.Has(fsnotify.Remove) || op.Has(fsnotify.Rename)
}

// invalidateBelow invalidates a directory and all places below it.
func (h *fileHints) invalidateBelow(dir string) {
	for _, p := range h.places {
		if p.dir == dir || strings.HasPrefix(p.dir, dir+string(filepath.Separator)) {
			h.invalidate(p)
		}
	}
}

// daemonState names a file that the daemon writes all the time. A look reads it only if the lock is not plainly ours.
const daemonState = ".daemon-state.json"

// matters reports whether an event is worth a look. A change of attributes alone matters only for the lock, which may have become
// unreadable. For other files it is ignored, since a program that indexes the disk causes hundreds of such events.
func matters(name string, op fsnotify.Op, ours bool) bool {
	if op == fsnotify.Chmod {
		return name == lockcore.LockName
	}
	return lockcore.Concerns(name) && !(ours && name == daemonState)
}

// mattersToPeers reports whether an event in .lockbar is worth a look. Programs that write or sync the files there also create others.
func mattersToPeers(name string, op fsnotify.Op) bool {
	return op != fsnotify.Chmod && lockcore.ConcernsPeers(name)
}
