//go:build linux

package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// kind describes a kind of events: a row of the table kinds.
type kind struct {
	name   string
	weight int
	store  bool // changes a store
	alone  bool // is the only event of its burst, as a click is: a user looks first
	slow   bool // takes half a minute, so random events of a run shorter than a minute leave it out
	can    func(w world, s modelStore) bool
	effect func(world, event) world
	do     func(*stage, event) // fails the test on an error
}

// event is one event. All fields except pid follow from the seed.
type event struct {
	kind  *kind
	store int
	n     int // chooses one of the kind's varieties
	pid   int // of the process that the event started
}

// String returns the event in the form of -soak.story: name/store/number.
func (e event) String() string { return fmt.Sprintf("%s/%d/%d", e.kind.name, e.store, e.n) }

// parseEvent parses the result of String.
func parseEvent(text string) (e event, err error) {
	name, numbers, _ := strings.Cut(text, "/")
	if e.kind = kindNamed(name); e.kind == nil {
		return e, fmt.Errorf("no event is called %q", name)
	}
	if _, err = fmt.Sscanf(numbers, "%d/%d", &e.store, &e.n); err != nil || e.store < 0 || e.store > 1 || e.n < 0 {
		return e, fmt.Errorf("%q is not like take-over/0/1: %v", text, err)
	}
	return e, nil
}

// varieties bounds event.n. No kind has as many varieties.
const varieties = 1000

// kinds lists the kinds of events. Kinds that can happen are chosen in proportion to their weights.
var kinds = []kind{
	{name: "take-over", weight: 14, store: true, can: isThere, effect: takeOver, do: (*stage).replace},
	{name: "two-step-swap", weight: 8, store: true, can: hasFile, effect: takeOver, do: (*stage).swapLock},
	{name: "storm-on-lock", weight: 2, store: true, can: isThere, effect: takeOver, do: (*stage).stormOnLock},
	{name: "storm-beside", weight: 3, store: true, can: isThere, effect: unchanged, do: (*stage).stormBeside},
	{name: "left-behind", weight: 4, store: true, can: isThere, effect: leaveBehind, do: (*stage).replace},
	{name: "rubbish", weight: 6, store: true, can: isThere, effect: spoil, do: (*stage).replace},
	{name: "no-file", weight: 2, store: true, can: isThere, effect: block, do: (*stage).block},
	{name: "vanish", weight: 5, store: true, can: hasLock, effect: vanish, do: (*stage).vanish},
	{name: "start", weight: 60, store: true, can: canStart, effect: start, do: (*stage).startHolder},
	{name: "crash", weight: 6, store: true, can: runs, effect: crash, do: (*stage).crash},
	{name: "release", weight: 5, store: true, can: runs, effect: release, do: (*stage).release},
	{name: "rename-host", weight: 15, store: true, can: holdsHere, effect: renameHost, do: (*stage).replace},
	{name: "copy-comes", weight: 5, store: true, can: isThere, effect: copyComes, do: (*stage).copyComes},
	{name: "copy-goes", weight: 7, store: true, can: hasCopy, effect: copyGoes, do: (*stage).copyGoes},
	{name: "unlock", weight: 6, store: true, can: isThere, effect: unlock, do: (*stage).unlock},
	{name: "restore", weight: 4, store: true, can: canRestore, effect: restore, do: (*stage).restore},
	{name: "set-aside", weight: 5, store: true, can: canSetAside, effect: setAside, do: (*stage).setAside},
	{name: "click-unlock", weight: 20, store: true, alone: true, can: canClickUnlock, effect: unlock, do: (*stage).clickUnlock},
	{name: "click-undo", weight: 100, store: true, alone: true, can: canClickUndo, effect: restore, do: (*stage).clickUndo},
	{name: "click-set-aside", weight: 6, store: true, alone: true, can: canSetAside, effect: setAside, do: (*stage).clickSetAside},
	{name: "wait-for-missing", weight: 10, store: true, alone: true, slow: true, can: isMissing, effect: countsAsGone, do: (*stage).nothing},
	{name: "remove-store", weight: 2, store: true, can: isThere, effect: removeStore, do: (*stage).removeStore},
	{name: "make-store", weight: 8, store: true, can: isRemoved, effect: makeStore, do: (*stage).makeStore},
	{name: "store-away", weight: 3, store: true, can: isThere, effect: storeAway, do: (*stage).storeAway},
	{name: "parent-away", weight: 2, store: true, alone: true, slow: true, can: isThere, effect: parentAway, do: (*stage).parentAway},
	{name: "store-back", weight: 12, store: true, can: isAway, effect: storeBack, do: (*stage).storeBack},
	{name: "another-store", weight: 4, store: true, can: isThere, effect: anotherStore, do: (*stage).anotherStore},
	{name: "sleep", weight: 3, can: isAwake, effect: sleep, do: (*stage).sleep},
	{name: "panel-restarts", weight: 3, can: anyTime, effect: restartPanel, do: (*stage).panelRestarts},
	{name: "notifier-stops", weight: 2, can: isServed, effect: notifierStops, do: (*stage).notifierStops},
	{name: "notifier-starts", weight: 6, can: isSilent, effect: notifierStarts, do: (*stage).notifierStarts},
	{name: "notifier-hangs", weight: 2, can: isServed, effect: notifierHangs, do: (*stage).notifierHangs},
	{name: "notifier-answers", weight: 6, can: isHung, effect: notifierAnswers, do: (*stage).notifierAnswers},
}

// Preconditions.

func anyTime(world, modelStore) bool       { return true }
func isThere(_ world, s modelStore) bool   { return s.place == there }
func isRemoved(_ world, s modelStore) bool { return s.place == removed }
func isAway(_ world, s modelStore) bool    { return s.place == away || s.place == linkAway }
func hasLock(_ world, s modelStore) bool   { return s.place == there && s.dir().lock.form != nothing }
func hasFile(_ world, s modelStore) bool   { return hasLock(world{}, s) && s.dir().lock.form != blocked }
func hasCopy(_ world, s modelStore) bool   { return s.place == there && len(s.dir().copies) > 0 }
func runs(_ world, s modelStore) bool      { return s.holder.alive }
func isAwake(w world, _ modelStore) bool   { return !w.asleep }
func isServed(w world, _ modelStore) bool  { return !w.silent && !w.hung }
func isSilent(w world, _ modelStore) bool  { return w.silent }
func isHung(w world, _ modelStore) bool    { return w.hung }
func canSetAside(_ world, s modelStore) bool {
	return hasCopy(world{}, s) && s.dir().lock.form != blocked
}
func canStart(_ world, s modelStore) bool {
	return canTake(s) && !s.holder.alive && len(s.dir().copies) == 0
}
func canTake(s modelStore) bool { return s.place == there && s.dir().lock.form != blocked }
func canRestore(_ world, s modelStore) bool {
	return s.place == there && s.dated(s.undos[s.slot()].lock)
}
func canClickUnlock(w world, s modelStore) bool { return hasFile(w, s) }

func holdsHere(_ world, s modelStore) bool {
	return s.place == there && s.ours() && s.dir().lock.host == here
}

func isMissing(_ world, s modelStore) bool { return !s.overdue && len(s.views()) > 1 }

func canClickUndo(w world, s modelStore) bool {
	return canRestore(w, s) && len(s.views()) == 1 && s.look(s.recall.yes).state == "unlocked" && s.undos[s.slot()].unlocked
}

// Effects.

func unchanged(w world, _ event) world { return w }

// foreignHosts lists names of other machines. Some are hard to display.
var foreignHosts = []string{"mac-mini", "mac-air", "Mac_Book & Söhne", "mac-mini.local", "<b>nas</b>"}

// noPID is greater than any PID of Linux (PID_MAX_LIMIT), so no process here has it.
const noPID = 1 << 22

func (w world) nobody() int { return noPID + 1 + w.serial }

func takeOver(w world, e event) world {
	l := lock{form: wholeRecord, host: foreignHosts[e.n%len(foreignHosts)], pid: w.nobody(), age: old, born: w.serial}
	if e.n%7 == 0 {
		l.age = ahead
	}
	return w.with(e.store, func(s *modelStore) { s.put(l) })
}

func leaveBehind(w world, e event) world {
	l := lock{form: wholeRecord, host: here, pid: w.nobody(), age: old, born: w.serial}
	return w.with(e.store, func(s *modelStore) { s.put(l) })
}

// rubbishes lists contents that no daemon writes, with the reason that lockbar reports.
var rubbishes = []struct{ text, why string }{
	{"", "not-json"}, {"{", "not-json"}, {"\x00\xff\r\n", "not-json"}, {"{}", "bad-field"},
	{`{"pid": true, "hostname": "x", "started_at": "y", "schema_version": 1}`, "bad-field"},
}

func spoil(w world, e event) world {
	l := lock{form: rubbish, why: rubbishes[e.n%len(rubbishes)].why, born: w.serial}
	return w.with(e.store, func(s *modelStore) { s.put(l) })
}

// blocks lists the reasons for which lockbar does not read the lock.
var blocks = []string{"not-a-regular-file", "too-large"}

func block(w world, e event) world {
	l := lock{form: blocked, why: blocks[e.n%len(blocks)], born: w.serial}
	return w.with(e.store, func(s *modelStore) { s.put(l) })
}

func vanish(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.put(lock{}) })
}

// writesState reports whether the daemon writes .daemon-state.json. Every other one does.
func (e event) writesState() bool { return e.n%2 == 0 }

func start(w world, e event) world {
	return w.with(e.store, func(s *modelStore) {
		if s.dir().lock.form != nothing {
			s.keep(false)
		}
		s.put(lock{form: wholeRecord, host: here, pid: e.pid, born: w.serial})
		s.holder = holder{e.pid, true, s.dir().lock, s.at, w.serial}
		if e.writesState() {
			s.dirs[s.at].daemon = e.pid
		}
	})
}

func crash(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.holder.alive = false })
}

// release ends the holder, which deletes its own lock and no other.
func release(w world, e event) world {
	return w.with(e.store, func(s *modelStore) {
		s.holder.alive = false
		if s.place == there {
			s.dirs[s.at].daemon = 0
		}
		if at, reached := s.holdersDir(); reached && s.dirs[at].lock == s.holder.lock {
			s.dirs[at].lock = lock{}
		}
	})
}

// renameHost makes the lock name this machine as it was called before it changed networks.
func renameHost(w world, e event) world {
	return w.with(e.store, func(s *modelStore) {
		l := s.dir().lock
		l.host = oldName
		s.put(l)
	})
}

// copyNames lists names that sync programs give to conflict copies.
var copyNames = []string{".locked 2", ".locked 13", ".sync-conflict-20261122-101112-ABCDEFG.locked", ".locked (conflicted copy 2026-11-22 101112)",
	".locked (mac-air's conflicted copy 2026-11-22)", ".locked-MAC-AIR"}

// copyComes adds a conflict copy of another lock, or sometimes of the lock itself.
func copyComes(w world, e event) world {
	return w.with(e.store, func(s *modelStore) {
		c := copied{"mac-pro", w.nobody(), w.serial}
		if l := s.dir().lock; e.n%5 == 0 && l.form == wholeRecord {
			c.host, c.pid = l.host, l.pid
		}
		s.addCopy(copyNames[e.n%len(copyNames)], c)
	})
}

// chosenCopy returns the name of the copy that an event removes.
func (s modelStore) chosenCopy(e event) string {
	names := make([]string, 0, len(s.dir().copies))
	for _, name := range copyNames {
		if _, ok := s.dir().copies[name]; ok {
			names = append(names, name)
		}
	}
	return names[e.n%len(names)]
}

func copyGoes(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.dropCopy(s.chosenCopy(e)) })
}

func unlock(w world, e event) world {
	return w.with(e.store, func(s *modelStore) {
		if !hasFile(w, *s) {
			return // there is no lock, or lockbar does not read it
		}
		s.keep(true)
		s.put(lock{})
	})
}

func restore(w world, e event) world {
	return w.with(e.store, func(s *modelStore) {
		u := &s.undos[s.slot()]
		if s.dir().lock.form == nothing && u.lock.form != nothing {
			s.put(u.lock)
			u.unlocked = false
		}
	})
}

func setAside(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.dirs[s.at].copies = nil })
}

func countsAsGone(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.overdue = true })
}

func removeStore(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.place, s.dirs[s.at] = removed, directory{} })
}

func makeStore(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.place = there })
}

// onlyTheName reports whether an event renames the store's path itself, even if that is a link. Otherwise it renames the directory that
// the path leads to.
func (e event) onlyTheName() bool { return e.n%2 == 0 }

func storeAway(w world, e event) world {
	return w.with(e.store, func(s *modelStore) {
		s.place = away
		if s.linked && e.onlyTheName() {
			s.place = linkAway
		}
	})
}

func parentAway(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.place = away })
}

func storeBack(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.place = there })
}

func anotherStore(w world, e event) world {
	return w.with(e.store, func(s *modelStore) { s.at = 1 - s.at })
}

func sleep(w world, _ event) world           { w.asleep = true; return w }
func restartPanel(w world, _ event) world    { w.restart = true; return w }
func notifierStops(w world, _ event) world   { w.silent = true; return w }
func notifierStarts(w world, _ event) world  { w.silent = false; return w }
func notifierHangs(w world, _ event) world   { w.hung = true; return w }
func notifierAnswers(w world, _ event) world { w.hung = false; return w }

// kindNamed returns the kind with this name, or nil.
func kindNamed(name string) *kind {
	at := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if at < 0 {
		return nil
	}
	return &kinds[at]
}

// somePID stands for a PID that is unknown until the event has happened.
const somePID = 1

// fits reports whether an event may happen now. begun means that the burst already has an event, and slow that the run has time for slow
// events.
func fits(w world, e event, begun, slow bool) bool {
	if e.kind.alone && (begun || w.asleep) || e.kind.slow && !slow || !e.kind.can(w, w.stores[e.store]) {
		return false
	}
	e.pid = somePID
	return apply(w, e).sure()
}

// choose returns a random event that fits, or false if none does.
func choose(r *rand.Rand, w world, begun, slow bool) (event, bool) {
	e := event{store: r.IntN(len(w.stores)), n: r.IntN(varieties)}
	var weights int
	var fitting []*kind
	for i := range kinds {
		e.kind = &kinds[i]
		if fits(w, e, begun, slow) {
			fitting = append(fitting, e.kind)
			weights += e.kind.weight
		}
	}
	drawn := r.IntN(max(weights, 1))
	at := slices.IndexFunc(fitting, func(k *kind) bool {
		drawn -= k.weight
		return drawn < 0
	})
	if at < 0 {
		return event{}, false
	}
	e.kind = fitting[at]
	return e, true
}
