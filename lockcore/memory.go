package lockcore

import (
	"os"
	"time"

	"lockbar/internal/machine"
)

// Memory is what one look cannot tell and a caller carries from look to look: m = m.Next(snapshot, now). The zero value
// remembers nothing.
type Memory struct {
	Holder    Process   // the process that held the lock here, while it may still run
	StartedAt string    // started_at of its lock under our own name
	GoneSince time.Time // since when there is no lock while Holder runs; zero while there is one
	LastLock  Record    // the last lock seen, kept while the store cannot be read
	Boot      time.Time // boot time at the first look: it moves only when the clock is set
	BootID    string    // names this run of the machine; empty where the system has no such name
}

// Next is what is remembered after a look at the time now.
func (m Memory) Next(s Snapshot, now time.Time) Memory {
	if m.Boot.IsZero() {
		m.Boot, m.BootID = machine.BootTime(), machine.BootID()
	}
	switch {
	case m.ourDaemon(s):
		m.Holder, m.StartedAt = s.Holder, s.Record.StartedAt
		if !s.NamesHolder() {
			m.StartedAt = "" // the lock is another process' claim
		}
	case m.anotherDaemon(s):
		m.Holder, m.StartedAt = s.LocalDaemon, "" // whoever took over will name its own daemon in .daemon-state.json
	case s.LocalDaemon.PID == 0 && (s.State == Stale || s.State == Unlocked || s.State == HeldElsewhere):
		m.Holder, m.StartedAt = Process{}, ""
	}
	m.GoneSince = m.goneSince(s, now)
	m.LastLock = m.lastLock(s)
	return m
}

// Revive validates memory that an earlier process saved. It keeps the holder only if that very process still runs, and
// forgets everything if the machine was started since. Without a boot ID a clock that was set looks like a new start.
func (m Memory) Revive() Memory {
	if !m.sameBoot(machine.BootID(), machine.BootTime()) {
		return Memory{}
	}
	p := probe(m.Holder.PID)
	if !p.Alive() || p.StartID == 0 || p.StartID != m.Holder.StartID {
		return Memory{Boot: m.Boot, BootID: m.BootID}
	}
	return m
}

func (m Memory) sameBoot(id string, boot time.Time) bool {
	if m.BootID != "" && id != "" {
		return m.BootID == id
	}
	return !m.Boot.IsZero() && !bootMoved(m.Boot, boot)
}

// clockStepped reports whether the clock was set since the first look: within one run of the machine the boot time moves only
// then.
func (m Memory) clockStepped(boot time.Time) bool {
	return bootMoved(m.Boot, boot) && (m.BootID == "" || m.BootID == machine.BootID())
}

func bootMoved(before, now time.Time) bool {
	return !before.IsZero() && !now.IsZero() && now.Sub(before).Abs() > Tolerance
}

// with adds the process that the caller was shown, unless it remembers another one that still runs.
func (m Memory) with(seen Snapshot) Memory {
	if m.Holder.PID != 0 {
		if p := probe(m.Holder.PID); p.Alive() && p.Same(m.Holder) {
			return m
		}
		m.Holder, m.StartedAt = Process{}, ""
	}
	return m.Next(seen, time.Now())
}

// ourDaemon: the lock is that of a live process here. Under an old name of this host it is remembered only if it is not
// known under the present one: its lock's started_at tells a rename from a takeover.
func (m Memory) ourDaemon(s Snapshot) bool {
	switch {
	case s.State == HeldHere && s.Reason == RenamedHost:
		return m.Holder.PID == 0 || !m.Holder.Same(s.Holder)
	case s.State == Contested && s.Reason == ConflictCopy: // which is told before the lock's own holder is judged
		boot := machine.BootTime()
		return s.Holder.Alive() && s.OnThisHost() && staleProof(evidence{Record: s.Record, Holder: s.Holder, Boot: boot,
			Self: s.Holder.PID == os.Getpid(), ClockStepped: m.clockStepped(boot)}) == ""
	}
	return s.State == HeldHere
}

// anotherDaemon reports whether a contested look names a local daemon other than the remembered one: two looks need not have
// seen what happened between.
func (m Memory) anotherDaemon(s Snapshot) bool {
	return s.State == Contested && s.LocalDaemon.PID != 0 && !m.Holder.Same(s.LocalDaemon)
}

func (m Memory) goneSince(s Snapshot, now time.Time) time.Time {
	missing := s.State == Unlocked || s.Reason == LockMissing
	switch {
	case !missing || m.Holder.PID == 0:
		return time.Time{}
	case m.GoneSince.IsZero():
		return now
	}
	return m.GoneSince
}

// lastLock forgets only what was seen to end: an unlocked store whose daemon is gone too has no last holder.
func (m Memory) lastLock(s Snapshot) Record {
	if !s.Record.IsZero() {
		return s.Record
	}
	if s.State == Unlocked && s.LocalDaemon.PID == 0 {
		return Record{}
	}
	return m.LastLock
}
