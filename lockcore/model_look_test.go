package lockcore

import (
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// pollTime is the time between two looks if nothing happens. It is long, so that the test is fast.
const pollTime = recentLook - 5*time.Second

// look does what lookOnce does, with simulated files and processes.
func (h *host) look(m Memory) *inspection {
	l := h.store.newInspection(m, h.clock())
	l.bootTime, l.probeHere, l.snap.Host = h.bootTime, h.probe, h.name
	lock := h.disk[LockName]
	l.useLock(file{absent: !lock.there, data: []byte(lock.data), changed: h.changed[LockName]})
	h.readPeers(l)
	l.findHolder()
	l.snap.DirChanged = h.dirChanged
	l.weighCopies(h.copies())
	if !l.plainlyHeld() {
		for _, p := range h.live() {
			found, _ := h.probe(p.pid)
			found.store = thisStore
			l.weighDaemon(found, p.opens && h.shows, 0)
		}
	}
	l.countPeers()
	if f := h.world.mutant.judged; f != nil {
		f(l)
	}
	l.conclude()
	return l
}

func (h *host) readPeers(l *inspection) {
	files := h.announcements()
	if f := h.world.mutant.files; f != nil {
		f(h, l, files)
	}
	l.weighPeers(files, nil, true)
	if f := h.world.mutant.weighed; f != nil {
		for i := range l.peers {
			f(l, &l.peers[i])
		}
		l.snap.Peers, l.evidence.Witnessed = NewPeers(l.peers), l.isWitnessed(l.snap.Token, l.evidence.Record)
	}
}

// announcements returns the files that readPeerFiles would return.
func (h *host) announcements() (files []peerFile) {
	for _, path := range h.paths(PeersName) {
		name := filepath.Base(path)
		if a := h.world.read(h.disk[path].data); mayBePeer([]byte(name)) && a != nil && strings.HasSuffix(name, peerName(a.Machine)) {
			files = append(files, peerFile{*a, h.changed[path]})
		}
	}
	return files
}

// read returns the announcement in the content of a file; nil if it has none. It parses each content once.
func (w *world) read(data string) *Announcement {
	if a, known := w.parsed[data]; known {
		return a
	}
	w.parsed[data] = nil
	if a, err := parsePeer([]byte(data)); err == nil {
		w.parsed[data] = &a
	}
	return w.parsed[data]
}

func (h *host) copies() (copies []lockCopy) {
	for _, path := range h.paths(LockName + ".") {
		data := h.content(path)
		if r, err := Parse(data); err == nil {
			copies = append(copies, lockCopy{path, r, tokenOf(data), h.changed[path]})
		}
	}
	return copies
}

// tick performs and checks one look of the Lockbar, and then updates its memory and its announcement.
func (h *host) tick() {
	w, now := h.world, h.clock()
	if w.chance(10) && !w.quiet {
		w.checkLook(h, h.look(Memory{})) // by a command, without saved state
	}
	l := h.look(h.memory)
	if w.tracing && (h.last == nil || !l.snap.Same(h.last.snap)) {
		w.log(h, "reports %s %s for %s", l.snap.State, l.snap.Reason, h.disk[LockName])
	}
	w.checkLook(h, l)
	w.checkNews(h, l)
	if h.memory.Boot.IsZero() {
		h.memory.Boot, h.memory.BootID = h.bootTime(), h.bootID()
	}
	h.memory = h.memory.Next(l.snap, now)
	if f := w.mutant.remembered; f != nil {
		f(h, l, &h.memory)
	}
	h.remember(l)
	h.next = w.now.Add(pollTime)
	h.sooner(h.memory.MissingAt(now))
	h.announce(l.snap)
}

func (h *host) sooner(at time.Time) {
	if !at.IsZero() {
		h.next = earliest(h.next, at.Add(-h.skew))
	}
}

func (h *host) announce(s Snapshot) {
	if h.switchedOff {
		return
	}
	before := h.announcer
	if f := h.world.mutant.announces; f != nil {
		f(&h.announcer, h.clock())
	}
	a, due, ok := h.announcer.Next(s, h.memory, h.clock())
	if h.sooner(due); ok {
		h.world.checkWrite(h, before, a)
		h.write(a)
		h.lastWrite = h.world.now
	}
}

// peerOf returns the peer of a machine in a look, if its file counts.
func (l *inspection) peerOf(machine string) (Peer, bool) {
	i := slices.IndexFunc(l.peers, func(p Peer) bool { return p.Machine == machine })
	if i < 0 {
		return Peer{}, false
	}
	return l.peers[i], true
}
