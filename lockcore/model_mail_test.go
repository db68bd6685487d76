package lockcore

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// mostHosts bounds the number of machines that share the store of a model.
const mostHosts = 3

// A version is a state of a file, or its absence, as a sync engine knows it.
type version struct {
	there   bool
	data    string
	changes [mostHosts]int // number of changes of each machine that it includes
	wrote   time.Time      // by the clock of its writer
}

func (v version) includes(o version) bool {
	for i, n := range o.changes {
		if v.changes[i] < n {
			return false
		}
	}
	return true
}

// A letter is a version on its way to a machine.
type letter struct {
	to   *host
	path string
	version
	due time.Time
}

// change writes or removes a file on a machine, and mails it to the others.
func (h *host) change(path string, there bool, data string) {
	v := h.known[path]
	v.changes[h.index]++
	v.there, v.data, v.wrote = there, data, h.clock()
	h.know(path, v)
	h.world.history[path] = append(h.world.history[path], v)
	for _, to := range h.world.hosts {
		if to != h {
			h.world.post(to, path, v)
		}
	}
}

// know makes a version the newest that the engine knows, and puts it on disk.
func (h *host) know(path string, v version) {
	h.known[path] = v
	h.put(path, v)
}

// put changes the file on disk, but not the version that the engine knows. A Lockbar notices at once.
func (h *host) put(path string, v version) {
	if !strings.HasPrefix(path, PeersName) && (h.disk[path].there != v.there || path == LockName) {
		h.dirChanged = h.clock() // also by the rename that replaces a lock
	}
	h.disk[path], h.changed[path], h.next = v, h.clock(), h.world.now
	if !v.there {
		delete(h.disk, path)
	}
}

// post mails a version never, once or several times, with a delay of up to half an hour; once, with a short delay, if w is quiet.
// deliverAll delivers the last version in any case.
func (w *world) post(to *host, path string, v version) {
	if w.quiet {
		w.mail = append(w.mail, letter{to, path, v, w.now.Add(w.upTo(3 * time.Second))})
		return
	}
	for w.chance(85) {
		delay := w.upTo([]time.Duration{time.Second, time.Minute, 30 * time.Minute}[w.rng.IntN(3)])
		w.mail = append(w.mail, letter{to, path, v, w.now.Add(delay)})
		if !w.chance(10) {
			return
		}
	}
}

// receive does as sync engines do: a newer version replaces the file, and of versions changed on both sides one wins. The other one may
// become a conflict copy if the file is the lock.
func (h *host) receive(l letter) {
	mine, v := h.known[l.path], l.version
	switch {
	case mine.includes(v):
		return
	case !v.includes(mine):
		v = h.merge(l.path, mine, v)
	}
	h.reached = true
	h.world.log(h, "receives %s: %s", l.path, v)
	h.know(l.path, v)
}

// merge chooses one of two versions; every machine chooses the same. If both are locks, it keeps the other as a conflict copy, unless
// noCopies is set.
func (h *host) merge(path string, a, b version) version {
	if wins(b, a) {
		a, b = b, a
	}
	if a.there && b.there && a.data != b.data && path == LockName && !h.world.noCopies {
		name := LockName + ".sync-conflict-" + strings.TrimPrefix(string(tokenOf([]byte(b.data))), tokenPrefix)[:8]
		h.world.log(h, "makes the conflict copy %s", b)
		h.change(name, true, b.data)
	}
	for i, n := range b.changes {
		a.changes[i] = max(a.changes[i], n)
	}
	return a
}

// wins reports whether a wins over b: a file over its removal, and the later file, by the clocks of the writers, over the earlier one.
func wins(a, b version) bool {
	if a.there != b.there {
		return a.there
	}
	return a.wrote.After(b.wrote) || a.wrote.Equal(b.wrote) && a.data > b.data
}

// deliver delivers the letters that are due to machines that are awake.
func (w *world) deliver() {
	var due []letter
	w.mail = slices.DeleteFunc(w.mail, func(l letter) bool {
		if l.to.asleep || l.due.After(w.now) {
			return false
		}
		due = append(due, l)
		return true
	})
	for _, l := range due {
		l.to.receive(l)
	}
}

// deliverAll delivers the last version of every file to all machines that are awake, and replaces old versions that resurrect had put on
// their disks.
func (w *world) deliverAll() {
	w.quiet = true
	for i := range w.mail {
		w.mail[i].due = w.now
	}
	for _, from := range w.hosts {
		for _, path := range slices.Sorted(maps.Keys(from.known)) {
			for _, to := range w.hosts {
				w.mail = append(w.mail, letter{to, path, from.known[path], w.now})
			}
		}
	}
	w.deliver()
	for _, h := range w.hosts {
		for _, path := range slices.Sorted(maps.Keys(h.known)) {
			if v := h.known[path]; !h.asleep && (h.disk[path].there != v.there || h.disk[path].data != v.data) {
				h.put(path, v)
			}
		}
	}
}

// resurrect puts an old version of a file on this machine's disk, until the next version arrives. An old lock may also become the newest
// version everywhere.
func (h *host) resurrect() {
	path := LockName
	if paths := slices.Sorted(maps.Keys(h.world.history)); len(paths) > 0 && h.world.chance(70) {
		path = paths[h.world.rng.IntN(len(paths))]
	}
	old := h.world.history[path]
	if len(old) == 0 {
		return
	}
	v := old[h.world.rng.IntN(len(old))]
	h.reached = true
	if h.world.log(h, "an old %s comes back: %s", path, v); path == LockName && h.world.chance(50) {
		h.change(path, v.there, v.data)
		return
	}
	h.put(path, v)
}

// String describes a version for the trace.
func (v version) String() string {
	switch r, err := Parse([]byte(v.data)); {
	case !v.there:
		return "nothing"
	case err == nil:
		return r.Hostname + " " + r.StartedAt[11:] + " PID " + string(rune('0'+MaxPID-r.PID))
	}
	return strings.TrimSpace(v.data)
}
