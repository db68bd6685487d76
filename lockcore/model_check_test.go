package lockcore

import (
	"slices"
	"time"
)

// A ledger holds facts about a machine that the checks remember besides its Lockbar's memory.
type ledger struct {
	last      *inspection             // the previous look by the same Lockbar, with its memory
	newest    map[string]Announcement // the newest file of each machine that its Lockbar read
	arrived   map[string]time.Time    // when that file arrived
	lockSeen  time.Time               // when its Lockbar last saw a lock
	reached   bool                    // something has happened here that may show another machine
	lastWrite time.Time               // when this Lockbar last wrote its file
	mistaken  []Token                 // locks of a machine with our name that may be taken for ours
}

// forget drops the facts that a Lockbar without its saved state cannot know.
func (h *host) forget() {
	h.ledger = ledger{reached: h.reached}
	for _, p := range h.processes {
		p.claimed, p.vouched = false, false
	}
}

func (h *host) remember(l *inspection) {
	h.last = l
	if p := h.world.wrote[l.snap.Token]; p != nil && p.host == h && p.alive() && l.snap.State == HeldHere && l.snap.Reason == "" {
		p.claimed = true
		p.vouched = p.vouched || !l.snap.nameTaken && l.mayHaveTaken(l.snap.Holder)
	}
}

// checkLook checks that the verdict on a lock is true of the process that wrote it.
func (w *world) checkLook(h *host, l *inspection) {
	s, p := l.snap, w.wrote[l.snap.Token]
	if p == nil {
		return
	}
	if mayMistake(h, l, p) {
		here, _ := h.probe(p.pid)
		before := h.last != nil && h.last.snap.Token == p.token && !h.last.snap.Holder.Same(here)
		if SameHost(p.record.Hostname, h.name) && l.mayHaveTaken(here) && !before {
			h.mistaken = append(h.mistaken, l.snap.Token)
		}
		return
	}
	if s.State == Stale && p.alive() {
		w.fail(h, "%s %s: its daemon runs", s.State, s.Reason)
	}
	if s.State == HeldHere && p.host != h {
		w.fail(h, "%s %s: the lock is that of %s", s.State, s.Reason, p.host.id[:1])
	}
}

// mayMistake reports whether a documented exception applies: this machine may take the lock of p, another machine's daemon, for its own, or
// its own process for p. Until a file of that machine with the lock's host name has arrived, it may do so if it has the same name, or if a
// process here has p's PID. If both name and PID are the same, it may do so until a file reports this very lock, unless the process here
// is a daemon that cannot have taken the lock.
func mayMistake(h *host, l *inspection, p *process) bool {
	if p.host == h {
		return false
	}
	twin := h.find(p.pid) != nil || slices.Contains(h.mistaken, p.token)
	file, known := h.lastFile(l, p.host.id)
	if l.snap.Reason == WitnessGone { // by the report of a machine that took the lock for its own
		wrong := func(o *host) bool { return slices.Contains(o.mistaken, p.token) }
		return slices.ContainsFunc(h.world.hosts, wrong) && !file.Daemon.took(p.record)
	}
	if !known || !SameHost(file.Host, p.record.Hostname) && !file.Daemon.took(p.record) {
		return twin || SameHost(p.record.Hostname, h.name)
	}
	here, _ := h.probe(p.pid)
	twin = l.mayHaveTaken(here) || here.Kind == OtherProgram || slices.Contains(h.mistaken, p.token)
	return twin && SameHost(p.record.Hostname, h.name) && !file.Daemon.took(p.record)
}

// lastFile returns the last announcement of a machine, if its file exists.
func (h *host) lastFile(l *inspection, machine string) (last Announcement, known bool) {
	for _, f := range h.announcements() {
		if f.Machine == machine && f.At.After(last.At) {
			last, known = f.Announcement, true
		}
	}
	if newest := h.newest[machine]; known && !l.memory.lastLook.IsZero() && newest.At.After(last.At) {
		last = newest
	}
	return last, known
}

// mayHaveTaken reports whether a process is a daemon that started shortly before the lock was taken, and before the lock appeared here.
func (l *inspection) mayHaveTaken(p Process) bool {
	taken, _ := l.snap.Record.Started()
	age := taken.Sub(p.Started)
	return p.Kind == Daemon && age >= -Tolerance && age <= MaxStartup && !l.snap.LockChanged.Before(p.Started.Add(-Tolerance))
}

// checkNews checks that a daemon elsewhere counts as alive only by its machine's newest file, and only if that arrived recently or
// the daemon was part of an alarm before. It also checks that the lock does not count as missing soon after it was seen here.
func (w *world) checkNews(h *host, l *inspection) {
	if h.newest == nil {
		h.newest, h.arrived = map[string]Announcement{}, map[string]time.Time{}
	}
	files := h.announcements()
	for _, f := range files {
		if known := h.newest[f.Machine]; f.At.After(known.At) {
			h.newest[f.Machine], h.arrived[f.Machine] = f.Announcement, f.changed.Add(-h.skew)
			if h.last != nil {
				h.arrived[f.Machine] = w.now
			}
		}
	}
	for _, p := range l.peers {
		if w.checkPeer(h, l, p); p.Alive && !slices.ContainsFunc(files, func(f peerFile) bool { return f.Machine == p.Machine }) {
			w.fail(h, "the report of %s counts although its file is gone", p.Machine[:1])
		}
	}
	if l.snap.HasLock() {
		h.lockSeen = w.now
	}
	if l.evidence.PeerMissing && w.now.Sub(h.lockSeen) < peerMissingAfter {
		w.fail(h, "the lock counts as missing although it was there %s ago", w.now.Sub(h.lockSeen))
	}
}

func (w *world) checkPeer(h *host, l *inspection, p Peer) {
	before, known := Peer{}, false
	if h.last != nil {
		before, known = h.last.peerOf(p.Machine)
	}
	two := h.last != nil && h.last.snap.State == Contested && (h.last.snap.Reason == OtherDaemonAlive || h.last.snap.LocalDaemon.PID != 0)
	alarmed := known && two && before.Alive && before.Updated && before.Daemon == p.Daemon
	switch age := w.now.Sub(h.arrived[p.Machine]); {
	case p.Alive && p.Daemon != h.newest[p.Machine].Daemon:
		w.fail(h, "an old report counts: %v", p.Daemon)
	case p.Alive && !alarmed && !p.Contesting && age > AliveTime+recentLook:
		w.fail(h, "a report counts although it is %s old", age)
	case alarmed && !p.Alive && p.At.Equal(before.At):
		w.fail(h, "an alarm ends without a report")
	}
}

// checkWrite checks that a file is written only when something has happened, or at each heartbeat while two daemons are known, and that
// it does not report a running process as gone.
func (w *world) checkWrite(h *host, v Announcer, a Announcement) {
	for _, t := range a.Gone {
		if p := w.wrote[t]; p != nil && p.alive() && !slices.Contains(h.mistaken, t) {
			w.fail(h, "reports PID %d of %s as gone although it runs", MaxPID-p.pid, p.host.id[:1])
		}
	}
	last := v.written
	file, written := h.memory.Peers.Own()
	if written && file.At.After(last.At) {
		last = file
	}
	corrects := !written && v.confirmed || written && file.At.Before(v.written.At) // an engine deleted it, or restored an old file
	last.At = a.At
	beats := a.Daemon != DaemonID{} && h.memory.Peers.anyAlive()
	answers := beats && h.memory.Peers.any(func(p Peer) bool { return p.Alive && p.Since.After(v.writtenAt.Round(0)) })
	switch {
	case !h.reached:
		w.fail(h, "writes although it knows of no other machine")
	case last == a && corrects:
	case last == a && !beats:
		w.fail(h, "writes the same again")
	case last == a && !answers && w.now.Sub(h.lastWrite) < HeartbeatTime:
		w.fail(h, "writes the same again after %s", w.now.Sub(h.lastWrite))
	case last == a && w.still && len(w.live())+len(h.phantoms()) < 2:
		w.fail(h, "repeats a report because of two daemons although %d run", len(w.live()))
	case last != a && w.still:
		w.fail(h, "writes something new although nothing happens")
	}
}

func (w *world) live() (all []*process) {
	for _, h := range w.hosts {
		all = append(all, h.live()...)
	}
	return all
}

// phantoms lists machines whose daemon still counts because it was known to run beside another one. Their Lockbars cannot report its end:
// they were killed or switched off, or the machine sleeps.
func (h *host) phantoms() (machines []string) {
	for _, o := range h.world.hosts {
		p, known := h.last.peerOf(o.id)
		if known && p.Contesting && (!o.running || o.asleep || o.switchedOff) && o != h {
			machines = append(machines, o.id)
		}
	}
	return machines
}

// checkRest checks that, once everything is known everywhere, each alarm has its cause, and each cause its alarm.
func (w *world) checkRest(h *host) {
	live := w.live()
	if h.running && h.last != nil {
		count := len(live) + len(h.phantoms())
		switch s := h.last.snap; {
		case s.State != Contested:
		case s.Reason == OtherDaemonAlive && count < 2, s.Reason == LockMissing && count < 1:
			w.fail(h, "%s %s although %d run", s.State, s.Reason, len(live))
		}
	}
	if h.running && w.mustAlarm(live) && h.last.snap.State != Contested {
		w.fail(h, "%s %s although two run", h.last.snap.State, h.last.snap.Reason)
	}
	w.checkCrashed(h, live)
}

// mustAlarm reports whether two machines have daemons that their Lockbars saw hold the lock and can report, unless one of the machines may
// mistake the other's daemon for its own.
func (w *world) mustAlarm(live []*process) bool {
	return slices.ContainsFunc(live, func(p *process) bool {
		return p.announced() && slices.ContainsFunc(live, func(q *process) bool {
			return q.announced() && q.host != p.host && !p.mayMistake(q) && !q.mayMistake(p)
		})
	})
}

func (p *process) announced() bool { return p.claimed && p.phase == holding && p.host.announces() }

// mayMistake reports whether another documented exception applies. If the machines of p and q have the same name, and p's machine has a
// process with the PID of q, that machine may take q's lock for its own. Then it has no reason to write. Or, if both processes started at
// the same time, it reports that its own process took the lock.
func (p *process) mayMistake(q *process) bool {
	here := p.host.find(q.pid)
	if here == nil || !SameHost(p.record.Hostname, q.record.Hostname) {
		return false
	}
	_, known := p.host.last.peerOf(q.host.id)
	return !known || slices.Contains(p.host.mistaken, q.token)
}

func (h *host) announces() bool { return h.running && !h.switchedOff && !h.asleep }

// checkCrashed checks that the lock of a daemon that is gone is stale by the report of its machine.
func (w *world) checkCrashed(h *host, live []*process) {
	p := w.wrote[tokenOf(h.content(LockName))]
	if p == nil || !h.disk[LockName].there || p.alive() || p.host == h || !h.announces() || !p.host.announces() || !p.vouched || SameHost(p.record.Hostname, h.name) || h.find(p.pid) != nil ||
		len(p.host.live()) > 0 || len(live) > 1 || len(h.copies()) > 0 || h.last.isTakenElsewhere(p.record) {
		return
	}
	if s := h.last.snap; s.State != Stale || s.Reason != WitnessGone {
		w.fail(h, "%s %s of a lock whose daemon crashed on %s", s.State, s.Reason, p.host.id[:1])
	}
}
