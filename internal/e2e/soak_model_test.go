//go:build linux

package e2e

import (
	"maps"
	"slices"
)

// The model describes the files on the disk, the running holders, and the display of a correct Lockbar. It follows the design, uses
// nothing of lockcore, and has no clock and no files of its own.

// here is the name of this machine; oldName is its name before it changed networks.
const (
	here    = "studio"
	oldName = "studio.lan"
)

// form is the kind of file at the path of the lock.
type form uint8

const (
	nothing     form = iota
	wholeRecord      // a lock as daemons write it
	rubbish          // a file that no daemon wrote
	blocked          // a file that lockbar does not read
)

// age tells how a lock's started_at compares with the times at which the conflict copies appeared: a copy does not count if the lock was
// taken later.
type age uint8

const (
	present age = iota // written just now by a daemon of this machine
	old                // before all copies appeared
	ahead              // in the future, so it cannot be compared
)

// lock is what is at the lock's path.
type lock struct {
	form form
	why  string // for rubbish and blocked: the reason that lockbar reports
	host string
	pid  int
	age  age
	born int // the serial number of the event that made it
}

// copied is a conflict copy of the lock.
type copied struct {
	host string
	pid  int
	born int
}

// directory is the content of a store directory.
type directory struct {
	lock   lock
	copies map[string]copied // by file name; never changed in place
	daemon int               // daemon_pid in .daemon-state.json
	came   int               // the serial number of the newest event that changed the lock
}

// holder is the process of this machine that took the store last.
type holder struct {
	pid   int
	alive bool
	lock  lock // the lock that it wrote
	at    int  // the index in dirs of the directory that the path led to when it started
	born  int  // the serial number of the event that started it
}

// undo is the newest backup.
type undo struct {
	lock     lock
	unlocked bool // made by a force unlock, so that the menu offers Undo
}

// place records whether the store's path leads to a directory.
type place uint8

const (
	there    place = iota
	removed        // with its content
	away           // renamed
	linkAway       // the link is renamed, the directory is not
)

// recall records what watchers may remember: no if one may have forgotten the holder, yes if one may remember it. Both are possible after a
// state so brief that only some watchers saw it.
type recall struct{ no, yes bool }

func (r recall) sure() bool { return r.no != r.yes }

// modelStore models a store.
type modelStore struct {
	linked  bool // its path is a symlink, and backups belong to the directory that it leads to
	place   place
	at      int // the index in dirs of the directory that the path leads to
	dirs    [2]directory
	undos   [2]undo
	holder  holder
	recall  recall // when the watchers first see the result of the newest event
	overdue bool   // the lock has been missing for so long that it counts as gone
	hidden  bool   // the lock may have been missing for a time since the last quiet point
}

// world is the state of the model.
type world struct {
	stores  [2]modelStore
	serial  int // of the newest event
	asleep  bool
	silent  bool // no notification service
	hung    bool // the notification service hangs
	restart bool // the panel restarted since the last quiet point
}

func newWorld() world {
	w := world{}
	for i := range w.stores {
		w.stores[i].recall.no, w.stores[i].hidden = true, true
	}
	w.stores[1].linked = true
	return w
}

// view describes the display of a store.
type view struct {
	state, reason string
	host          string
	pid           int
	copies        int
}

func (s modelStore) dir() directory { return s.dirs[s.at] }

// noLock reports whether no lock is visible.
func (s modelStore) noLock() bool { return s.place != there || s.dir().lock.form == nothing }

// slot returns the index of the store's backups in undos.
func (s modelStore) slot() int {
	if s.linked {
		return s.at
	}
	return 0
}

// ours reports whether the lock is that of the holder here, under either host name.
func (s modelStore) ours() bool {
	l := s.dir().lock
	return s.holder.alive && l.form == wholeRecord && l.pid == s.holder.pid
}

// inDaemonState reports whether .daemon-state.json names the holder, which runs.
func (s modelStore) inDaemonState() bool { return s.holder.alive && s.dir().daemon == s.holder.pid }

// serves reports whether the holder runs and uses the directory that the path leads to now. A holder keeps using the directory that a link
// led to when it started.
func (s modelStore) serves() bool { return s.holder.alive && (!s.linked || s.at == s.holder.at) }

// holdersDir returns the directory in which the holder deletes its lock, and whether that directory can be reached. It is the directory at
// the path or, if the path is a link, the one that the link led to when the holder started.
func (s modelStore) holdersDir() (at int, reached bool) {
	if !s.linked {
		return s.at, s.place == there
	}
	return s.holder.at, s.place == there || s.place == linkAway || s.at != s.holder.at
}

// earlier reports whether the holder serves this store and started before the lock appeared.
func (s modelStore) earlier() bool { return s.serves() && s.holder.born < s.dir().came }

// inCopy reports whether a conflict copy names the holder, which runs.
func (s modelStore) inCopy() bool {
	for _, c := range s.dir().copies {
		if c.host == here && c.pid == s.holder.pid && s.serves() {
			return true
		}
	}
	return false
}

// look returns the result of one look by a watcher. remembers tells whether the watcher remembers the holder.
func (s modelStore) look(remembers bool) view {
	d := s.dir()
	remembers = remembers && s.holder.alive
	switch {
	case s.place != there:
		return view{state: "unknown", reason: "store-missing"}
	case d.lock.form == blocked:
		return view{state: "unknown", reason: d.lock.why}
	case d.lock.form == rubbish:
		return view{state: "corrupt", reason: d.lock.why, copies: len(d.copies)}
	case d.lock.form == nothing:
		return s.lookAbsent(remembers)
	}
	v := view{host: d.lock.host, pid: d.lock.pid, copies: len(d.copies)}
	v.state, v.reason = s.judge(remembers)
	return v
}

func (s modelStore) lookAbsent(remembers bool) view {
	v := view{state: "unlocked", copies: len(s.dir().copies)}
	if s.inDaemonState() || s.inCopy() || remembers && s.overdue {
		v.state, v.reason = "contested", "lock-missing"
	}
	return v
}

// judge returns the state for a lock that is a record.
func (s modelStore) judge(remembers bool) (state, reason string) {
	mine := s.dir().lock.host == here
	switch {
	case !mine && s.ours():
		return "held-here", "renamed-host"
	case !mine && (s.inDaemonState() || s.inCopy() || s.earlier() || remembers):
		return "contested", "local-daemon-alive"
	case s.rival():
		return "contested", "conflict-copy"
	case !mine:
		return "held-elsewhere", ""
	case !s.ours():
		return "stale", "process-gone"
	}
	return "held-here", ""
}

// rival reports whether a conflict copy names a holder that is not the lock's and is not known to have ended. In the soak no lock is so
// much later than a copy that it supersedes the copy.
func (s modelStore) rival() bool {
	l := s.dir().lock
	for _, c := range s.dir().copies {
		gone := c.host == here && !(s.holder.alive && c.pid == s.holder.pid)
		if !gone && (c.host != l.host || c.pid != l.pid) {
			return true
		}
	}
	return false
}

// views returns the possible displays. There are two if the lock of a remembered holder is missing and 30 s may or may not have passed.
func (s modelStore) views() []view {
	v := s.look(s.recall.yes)
	all := []view{v}
	if v.state == "unlocked" && s.recall.yes && s.holder.alive {
		v.state, v.reason = "contested", "lock-missing"
		all = append(all, v)
	}
	return all
}

// remembers reports whether a watcher remembers the holder after a look.
func (s modelStore) remembers(before bool) bool {
	v := s.look(before)
	switch {
	case !s.holder.alive || v.state == "held-elsewhere":
		return false
	case v.state == "held-here", v.reason == "local-daemon-alive", v.reason == "lock-missing":
		return true
	case v.reason == "conflict-copy":
		return before || s.ours()
	}
	return before
}

// seen returns the recall after all watchers have looked.
func (s modelStore) seen() recall {
	no, yes := s.remembers(false), s.remembers(true)
	return recall{
		no:  s.recall.no && !no || s.recall.yes && !yes,
		yes: s.recall.no && no || s.recall.yes && yes,
	}
}

// glimpsed returns the recall if only some watchers have looked.
func (s modelStore) glimpsed() recall {
	r := s.seen()
	return recall{r.no || s.recall.no, r.yes || s.recall.yes}
}

// sure reports whether all watchers, after their next look, agree on whether they remember each holder, whatever they saw of this burst.
func (w world) sure() bool {
	return w.stores[0].seen().sure() && w.stores[1].seen().sure()
}

// apply returns the world after an event.
func apply(w world, e event) world {
	w.serial++
	if e.kind.store {
		for i := range w.stores {
			w.stores[i].recall = w.stores[i].glimpsed()
		}
		w.stores[e.store].overdue = false
	}
	before := w
	w = e.kind.effect(w, e)
	w.noteArrivals(before)
	for i, s := range w.stores {
		w.stores[i].hidden = s.hidden || s.noLock()
	}
	return w
}

// noteArrivals records the newest event in each directory in which it changed the lock.
func (w *world) noteArrivals(before world) {
	for i := range w.stores {
		for d := range w.stores[i].dirs {
			if was := before.stores[i].dirs[d].lock; w.stores[i].dirs[d].lock != was {
				w.stores[i].dirs[d].came = w.serial
			}
		}
	}
}

// settle returns the world after a quiet point.
func settle(w world) world {
	for i, s := range w.stores {
		w.stores[i].recall = s.seen()
		w.stores[i].hidden = s.noLock()
	}
	w.asleep, w.restart = false, false
	return w
}

// severity orders the states for the icon, worst first.
var severity = []string{"contested", "corrupt", "stale", "unknown", "held-elsewhere", "held-here", "unlocked"}

// icons returns the states that the icon may show.
func (w world) icons() []string {
	var all []string
	for _, a := range w.stores[0].views() {
		for _, b := range w.stores[1].views() {
			all = append(all, severity[min(slices.Index(severity, a.state), slices.Index(severity, b.state))])
		}
	}
	return all
}

// The functions below change a store for the effects of events.

func (w world) with(i int, change func(*modelStore)) world {
	change(&w.stores[i])
	return w
}

func (s *modelStore) put(l lock) { s.dirs[s.at].lock = l }

// keep makes the lock the newest backup.
func (s *modelStore) keep(unlocked bool) {
	s.undos[s.slot()] = undo{s.dir().lock, unlocked}
}

func (s *modelStore) addCopy(name string, c copied) {
	copies := maps.Clone(s.dir().copies)
	if copies == nil {
		copies = map[string]copied{}
	}
	copies[name] = c
	s.dirs[s.at].copies = copies
}

func (s *modelStore) dropCopy(name string) {
	s.dirs[s.at].copies = maps.Clone(s.dir().copies)
	delete(s.dirs[s.at].copies, name)
}

// dated reports whether the model can tell without a clock which copies are older than this lock.
func (s modelStore) dated(l lock) bool {
	for _, c := range s.dir().copies {
		if l.form == wholeRecord && l.age == present && c.born < l.born {
			return false
		}
	}
	return true
}
