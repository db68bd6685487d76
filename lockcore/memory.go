package lockcore

import (
	"os"
	"slices"
	"time"

	"lockbar/internal/machine"
)

// Memory holds facts that one look cannot find out. A caller carries it from look to look: m = m.Next(snapshot, now). The zero
// value remembers nothing.
type Memory struct {
	Holder    Process           // the process that held the lock here, while it may still run
	StartedAt string            // started_at of its lock, if that names this host
	GoneSince time.Time         // when the lock was first missing while Holder, or a daemon on another machine, ran; else zero
	OwnLock   string            // content of Holder's lock, if it names this host; empty if unknown
	LastLock  Record            // the last lock seen, until the store is seen unlocked and nothing here is known to have held it
	Boot      time.Time         // boot time at the first look; another one later in this boot means that the clock was set
	BootID    string            // identifies this boot of the machine; empty if the system has no such id
	Peers     Peers             // last announcements of the machines that share the store
	HeldLocks [MaxGone]SeenLock // locks that were held here, the newest first
	Shared    bool              // whether another machine has been seen in the store

	lastLook time.Time // wall-clock time of the previous look
}

// SeenLock is a lock whose holder was seen to run here as a daemon of the store. It is kept across reboots.
type SeenLock struct {
	Token   Token  `json:"token,omitempty"`
	PID     int    `json:"pid,omitempty"`
	StartID uint64 `json:"start_id,omitempty"`
	Gone    bool   `json:"gone,omitempty"` // the process was found to be gone
}

// Next returns the memory after a look at the time now.
func (m Memory) Next(s Snapshot, now time.Time) Memory {
	if m.Boot.IsZero() {
		m.Boot, m.BootID = machine.BootTime(), machine.BootID()
	}
	switch {
	case m.ourDaemon(s) && m.tookAnother(s):
		// A process takes only one lock. So this lock is of another machine with our name, whose daemon has the same PID.
	case m.ourDaemon(s):
		m.Holder, m.StartedAt, m.OwnLock = s.Holder, m.holderStartedAt(s), ""
		if m.StartedAt != "" && SameHost(s.Record.Hostname, s.Host) {
			m.OwnLock = s.text
		}
	case m.anotherDaemon(s):
		m.Holder, m.StartedAt, m.OwnLock = s.LocalDaemon, "", "" // remembered now, since .daemon-state.json will soon name the new holder
	case s.LocalDaemon.PID == 0 && (s.State == Stale || s.State == Unlocked || s.State == HeldElsewhere || s.Reason == OtherDaemonAlive):
		m.Holder, m.StartedAt, m.OwnLock = Process{}, "", ""
	}
	m.Shared = m.Shared || m.showsOtherMachine(s, now)
	m.HeldLocks = m.heldLocks(s)
	m.Peers, m.lastLook = m.peers(s), now.Round(0)
	m.GoneSince = m.goneSince(s, now)
	m.LastLock = m.lastLock(s)
	return m
}

// Revive validates memory that an earlier process saved. It keeps what was seen of other machines and of held locks. It keeps the holder
// only if that very process still runs and the machine has not been rebooted. Without a boot ID, setting the clock looks like a reboot.
func (m Memory) Revive() Memory { return m.revive(probe, machine.BootID(), machine.BootTime()) }

func (m Memory) revive(probe func(pid int) Process, bootID string, boot time.Time) Memory {
	kept := Memory{Peers: m.Peers, HeldLocks: m.HeldLocks, Shared: m.Shared}
	if !m.sameBoot(bootID, boot) {
		return kept
	}
	kept.Boot, kept.BootID = m.Boot, m.BootID
	if p := probe(m.Holder.PID); p.Alive() && p.StartID != 0 && p.StartID == m.Holder.StartID {
		kept.Holder, kept.StartedAt, kept.OwnLock, kept.GoneSince, kept.LastLock = m.Holder, m.StartedAt, m.OwnLock, m.GoneSince, m.LastLock
	}
	return kept
}

func (m Memory) sameBoot(id string, boot time.Time) bool {
	if m.BootID != "" && id != "" {
		return m.BootID == id
	}
	return !m.Boot.IsZero() && !bootMoved(m.Boot, boot)
}

// clockStepped reports whether the clock was set since the first look. Within one boot, only setting the clock moves the boot time.
func (m Memory) clockStepped(boot time.Time) bool {
	return bootMoved(m.Boot, boot) && (m.BootID == "" || m.BootID == machine.BootID())
}

func bootMoved(before, now time.Time) bool {
	return !before.IsZero() && !now.IsZero() && now.Sub(before).Abs() > Tolerance
}

// merge adds what the caller's look shows, unless the remembered holder still runs.
func (m Memory) merge(seen Snapshot) Memory {
	if m.Holder.PID != 0 {
		if p := probe(m.Holder.PID); p.Alive() && p.Same(m.Holder) {
			return m
		}
		m.Holder, m.StartedAt = Process{}, ""
	}
	return m.Next(seen, time.Now())
}

// ourDaemon reports whether a live process here holds the lock. For a lock with an old name of this host, it returns false if the
// process is remembered already: the remembered started_at, which distinguishes a rename from a takeover, must stay.
func (m Memory) ourDaemon(s Snapshot) bool {
	switch {
	case s.State == HeldHere && s.Reason == RenamedHost:
		return m.Holder.PID == 0 || !m.Holder.Same(s.Holder)
	case s.State == Contested && (s.Reason == ConflictCopy || s.Reason == OtherDaemonAlive): // these reasons hide whether the lock's own holder runs
		boot := machine.BootTime()
		return s.Holder.Alive() && s.OnThisHost() && staleProof(evidence{Record: s.Record, Holder: s.Holder, Boot: boot,
			Self: s.Holder.PID == os.Getpid(), ClockStepped: m.clockStepped(boot)}) == ""
	}
	return s.State == HeldHere
}

// holderStartedAt returns started_at of the lock that the holder took. It returns "" if the lock names another process, or if it was
// here before the holder started, and so belongs to another machine with our name. The result of the first look at a lock stays, since
// sync engines rewrite files.
func (m Memory) holderStartedAt(s Snapshot) string {
	seen := m.LastLock == s.Record
	switch {
	case !s.NamesHolder():
		return ""
	case seen && m.Holder.Same(s.Holder):
		return m.StartedAt
	case seen && s.Holder.Kind == Daemon || s.cameBeforeHolder():
		return ""
	}
	return s.Record.StartedAt
}

// tookAnother reports whether the holder is a daemon that was seen to hold another lock, and cannot have taken this one.
func (m Memory) tookAnother(s Snapshot) bool {
	return m.Holder.Kind == Daemon && m.Holder.StartID != 0 && m.Holder.StartID == s.Holder.StartID && m.StartedAt != "" &&
		m.StartedAt != s.Record.StartedAt && s.Holder.PID == s.Record.PID && !tookIt(evidence{Record: s.Record, Changed: s.LockChanged, Holder: s.Holder})
}

// cameBeforeHolder reports whether the lock was here before the daemon with its PID started. If so, it is another machine's with our name.
func (s Snapshot) cameBeforeHolder() bool {
	return s.Holder.Kind == Daemon && !s.Holder.Started.IsZero() && !s.LockChanged.IsZero() && s.LockChanged.Before(s.Holder.Started.Add(-Tolerance))
}

// anotherDaemon reports whether a contested look names a local daemon other than the remembered one: a new daemon may have replaced the
// old one between two looks.
func (m Memory) anotherDaemon(s Snapshot) bool {
	return s.State == Contested && s.LocalDaemon.PID != 0 && !m.Holder.Same(s.LocalDaemon)
}

func (m Memory) goneSince(s Snapshot, now time.Time) time.Time {
	missing := s.State == Unlocked || s.State == Contested && !s.HasLock()
	switch {
	case !missing || m.Holder.PID == 0 && !m.Peers.anyAlive():
		return time.Time{}
	case m.GoneSince.IsZero():
		return now
	}
	return m.GoneSince
}

// lastLock returns the last lock seen. It forgets a lock once the store is unlocked and no process here is known to have held it.
func (m Memory) lastLock(s Snapshot) Record {
	if !s.Record.IsZero() {
		return s.Record
	}
	if s.State == Unlocked && s.LocalDaemon.PID == 0 {
		return Record{}
	}
	return m.LastLock
}

// MissingAt returns the next time after now at which a look may find that the lock has been missing for too long; zero for never.
func (m Memory) MissingAt(now time.Time) time.Time {
	here, elsewhere := m.GoneSince.Add(MissingAfter), m.GoneSince.Add(peerMissingAfter)
	switch {
	case m.GoneSince.IsZero():
	case m.Holder.PID != 0 && here.After(now):
		return here
	case elsewhere.After(now) && m.Peers.anyAlive():
		return elsewhere
	}
	return time.Time{}
}

// watched reports whether the previous look was less than recentLook ago.
func (m Memory) watched(now time.Time) bool {
	since := now.Sub(m.lastLook)
	return !m.lastLook.IsZero() && since >= 0 && since < recentLook
}

// showsOtherMachine reports whether a look shows that another machine shares the store: by its lock, a conflict copy, or its file, or by
// a lock under our own name that appeared while we watched, although its process was never seen here.
func (m Memory) showsOtherMachine(s Snapshot, now time.Time) bool {
	switch {
	case s.Conflicts != Conflicts{} || s.Peers.hasOthers():
		return true
	case s.Record.IsZero():
		return false
	case !s.OnThisHost():
		return true
	}
	gone := s.State == Stale && s.Reason == ProcessGone || !s.NamesHolder() // even if another process has the store open here
	return gone && m.watched(now) && m.LastLock != s.Record && !m.hasHeldLock(s.Token)
}

// heldLocks returns the locks whose holder was seen here, the newest first. It adds the lock of the look only if that has our own name
// and the daemon here certainly took it, soon after its start: an equal PID proves nothing if two machines have the same name. A process
// takes only one lock.
func (m Memory) heldLocks(s Snapshot) [MaxGone]SeenLock {
	seen := m.HeldLocks
	for i := range seen {
		seen[i].Gone = seen[i].Gone || s.goneHolders&(1<<i) != 0 // a look that cannot read the store sets no bit
		if s.nameTaken && s.takenElsewhere && seen[i].Token == s.Token {
			seen[i] = SeenLock{} // the lock is of another machine with our name
		}
	}
	p := s.Holder
	if !m.ourDaemon(s) || s.Reason == RenamedHost || s.Reason == StoreOpen || s.nameTaken || m.hasHeldLock(s.Token) ||
		m.StartedAt != s.Record.StartedAt || p.Kind != Daemon || p.StartID == 0 || p.PID != s.Record.PID || !tookIt(evidence{Record: s.Record, Changed: s.LockChanged, Holder: p}) {
		return seen
	}
	if i := slices.IndexFunc(seen[:], func(l SeenLock) bool { return l.PID == p.PID && l.StartID == p.StartID }); i >= 0 {
		seen[i].Token = "" // one of its two locks is of another machine with our name, but which one is unknown
		return seen
	}
	copy(seen[1:], seen[:])
	seen[0] = SeenLock{Token: s.Token, PID: p.PID, StartID: p.StartID}
	return seen
}

func (m Memory) hasHeldLock(t Token) bool {
	return t != "" && slices.ContainsFunc(m.HeldLocks[:], func(l SeenLock) bool { return l.Token == t })
}

// sawHolder judges by memory who took a lock with our name. saw reports that its holder was seen here; another, that the process with
// its PID was seen to hold another lock. A daemon that has the PID but cannot have taken the lock was not the holder.
func (m Memory) sawHolder(e evidence, t Token) (saw, another bool) {
	if m.hasHeldLock(t) {
		return true, false
	}
	if m.Holder.PID != e.Record.PID || m.StartedAt == "" {
		return false, false
	}
	e.Holder = m.Holder
	same := m.StartedAt == e.Record.StartedAt
	return same && (!m.Holder.usesThisStore() || tookIt(e)), !same
}

// peers returns what is known of the machines after a look.
func (m Memory) peers(s Snapshot) Peers {
	if s.State == Unknown {
		return m.Peers
	}
	list := s.Peers.List()
	two := s.State == Contested && (s.Reason == OtherDaemonAlive || s.LocalDaemon.PID != 0)
	for i := range list {
		p := &list[i]
		p.Contesting = two && p.Alive && p.Updated || p.Removed && p.Contesting // a removed file may be in transit
	}
	return NewPeers(list)
}
