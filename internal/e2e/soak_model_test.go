//go:build linux

package e2e

import (
	"maps"
	"slices"
)

// The model: what is on the disk, who runs, and what a correct Lockbar shows then. It is written from the design, uses
// nothing of lockcore, and knows no clock and no file.

// here is this machine; oldName is what it was called before it changed networks.
const (
	here    = "studio"
	oldName = "studio.lan"
)

// form is what lies at the path of the lock.
type form uint8

const (
	nothing     form = iota
	wholeRecord      // a lock as daemons write it
	rubbish          // a file that no daemon wrote
	unlikely         // nothing that is read as a file at all
)

// age is how a lock's started_at stands to the conflict copies, which supersede by time.
type age uint8

const (
	present age = iota // a daemon of this machine wrote it just then
	old                // by a clock that is behind all copies
	ahead              // by a clock that is ahead, which compares with nothing
)

// lock is one content of the lock's path.
type lock struct {
	form form
	why  string // of rubbish and unlikely: the reason that is given
	host string
	pid  int
	age  age
	born int // the event that made it
}

// copied is a conflict copy of the lock.
type copied struct {
	host string
	pid  int
	born int
}

// directory is what a store directory holds.
type directory struct {
	lock   lock
	copies map[string]copied // by file name; never changed in place
	daemon int               // daemon_pid in .daemon-state.json
	came   int               // the event with which the lock appeared
}

// holder is the process of this machine that took the store last.
type holder struct {
	pid   int
	alive bool
	lock  lock // what it wrote
	at    int  // the directory that it serves
	born  int  // the event that started it
}

// undo is the newest backup.
type undo struct {
	lock     lock
	unlocked bool // made by a force unlock, so that the menu offers Undo
}

// place says whether the store's path leads to a directory.
type place uint8

const (
	there    place = iota
	removed        // with all that was in it
	away           // under another name
	linkAway       // the link is, and the directory is where it was
)

// recall is what the watchers may remember of the holder: they need not have seen what lasts only for a moment.
type recall struct{ no, yes bool }

func (r recall) sure() bool { return r.no != r.yes }

// modelStore is one of the stores that are shown.
type modelStore struct {
	linked  bool // its path is a symlink, and backups go by the directory that it leads to
	place   place
	at      int // which of dirs the path leads to
	dirs    [2]directory
	undos   [2]undo
	holder  holder
	recall  recall // before the newest event
	overdue bool   // the lock has been missing for so long that it counts as gone
	hidden  bool   // since the last quiet point the lock may have been out of sight
}

// world is all that the model knows. It is a value.
type world struct {
	stores  [2]modelStore
	serial  int // of the newest event
	asleep  bool
	silent  bool // no notification service
	hung    bool // it does not answer
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

// view is what is seen of a store.
type view struct {
	state, reason string
	host          string
	pid           int
	copies        int
}

func (s modelStore) dir() directory { return s.dirs[s.at] }

// out: there is no lock to be seen.
func (s modelStore) out() bool { return s.place != there || s.dir().lock.form == nothing }

// slot is where the backups of the store go.
func (s modelStore) slot() int {
	if s.linked {
		return s.at
	}
	return 0
}

// ours: the lock is that of the holder here, under whatever name.
func (s modelStore) ours() bool {
	l := s.dir().lock
	return s.holder.alive && l.form == wholeRecord && l.pid == s.holder.pid
}

// told: .daemon-state.json names the holder, which runs.
func (s modelStore) told() bool { return s.holder.alive && s.dir().daemon == s.holder.pid }

// serves: the holder runs, and the store's path, or where it led when the holder started, leads to this directory.
func (s modelStore) serves() bool { return s.holder.alive && (!s.linked || s.at == s.holder.at) }

// holdersDir is where the holder deletes its lock: in the directory to which the path led when it started, if it can be reached.
func (s modelStore) holdersDir() (at int, reached bool) {
	if !s.linked {
		return s.at, s.place == there
	}
	return s.holder.at, s.place == there || s.place == linkAway || s.at != s.holder.at
}

// earlier: the holder, which serves this store, is older than the lock that is there now.
func (s modelStore) earlier() bool { return s.serves() && s.holder.born < s.dir().came }

// copyTold: a conflict copy names the holder, which runs.
func (s modelStore) copyTold() bool {
	for _, c := range s.dir().copies {
		if c.host == here && c.pid == s.holder.pid && s.serves() {
			return true
		}
	}
	return false
}

// look is what one look finds, by somebody who remembers the holder or not.
func (s modelStore) look(remembers bool) view {
	d := s.dir()
	remembers = remembers && s.holder.alive
	switch {
	case s.place != there:
		return view{state: "unknown", reason: "store-missing"}
	case d.lock.form == unlikely:
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
	if s.told() || s.copyTold() || remembers && s.overdue {
		v.state, v.reason = "contested", "lock-missing"
	}
	return v
}

// judge is the table for a lock that is a record.
func (s modelStore) judge(remembers bool) (state, reason string) {
	mine := s.dir().lock.host == here
	switch {
	case !mine && s.ours():
		return "held-here", "renamed-host"
	case !mine && (s.told() || s.copyTold() || s.earlier() || remembers):
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

// rival: a conflict copy names another holder than the lock, which is not known to be gone. No lock here is taken long enough
// after a copy to supersede it.
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

// views is what may be shown: of a lock that is missing while a holder is remembered it depends on whether 30 s are over.
func (s modelStore) views() []view {
	v := s.look(s.recall.yes)
	all := []view{v}
	if v.state == "unlocked" && s.recall.yes && s.holder.alive {
		v.state, v.reason = "contested", "lock-missing"
		all = append(all, v)
	}
	return all
}

// remember is what somebody remembers after a look.
func (s modelStore) remember(before bool) bool {
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

// seen is what is remembered after everybody has looked.
func (s modelStore) seen() recall {
	no, yes := s.remember(false), s.remember(true)
	return recall{
		no:  s.recall.no && !no || s.recall.yes && !yes,
		yes: s.recall.no && no || s.recall.yes && yes,
	}
}

// glimpsed is what is remembered when everybody may have looked.
func (s modelStore) glimpsed() recall {
	r := s.seen()
	return recall{r.no || s.recall.no, r.yes || s.recall.yes}
}

// sure: what must be shown does not depend on what was seen of this burst.
func (w world) sure() bool {
	return w.stores[0].seen().sure() && w.stores[1].seen().sure()
}

// apply is the world after an event.
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
		w.stores[i].hidden = s.hidden || s.out()
	}
	return w
}

// noteArrivals notes which locks appeared with the newest event.
func (w *world) noteArrivals(before world) {
	for i := range w.stores {
		for d := range w.stores[i].dirs {
			if was := before.stores[i].dirs[d].lock; w.stores[i].dirs[d].lock != was {
				w.stores[i].dirs[d].came = w.serial
			}
		}
	}
}

// settle is the world after a quiet point.
func settle(w world) world {
	for i, s := range w.stores {
		w.stores[i].recall = s.seen()
		w.stores[i].hidden = s.out()
	}
	w.asleep, w.restart = false, false
	return w
}

// severity orders the states for the icon, the worst first.
var severity = []string{"contested", "corrupt", "stale", "unknown", "held-elsewhere", "held-here", "unlocked"}

// icons lists the states that the icon may stand for.
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

// dated: whether the copies here are older than this lock is known without a clock.
func (s modelStore) dated(l lock) bool {
	for _, c := range s.dir().copies {
		if l.form == wholeRecord && l.age == present && c.born < l.born {
			return false
		}
	}
	return true
}
