package lockcore

import (
	"strings"
	"time"
)

// announcePause is the least time between two announcements: a daemon that keeps crashing must not keep a sync engine busy.
const announcePause = time.Second

// missingPause is how long our file must be missing before it is written again: a program that removes the whole store removes the
// files first, and fails if one of them is back when it removes the directory.
const missingPause = 2 * time.Second

// Announcer decides what a machine writes in its file in a store, and when. It touches no file.
//
// A machine writes only if another one has been seen in the store, or if it already has a file. It writes when its facts change, when
// its file was replaced by another one or has been missing for two seconds, and, while its own daemon and another one are known to run,
// at the start of the other one and every HeartbeatTime.
type Announcer struct {
	Machine string // id of the machine
	Version string // version of its Lockbar

	ask       Ask          // our request to another machine
	written   Announcement // last announcement
	writtenAt time.Time    // time of writing it, by our clock
	confirmed bool         // a look has read it from the file
	missedAt  time.Time    // when a look first missed the file; zero while it is there
	lastAt    time.Time    // latest At ever written
	clashes   int          // how often another machine wrote the file
	lastClash time.Time    // At of the last such file
}

// Next decides what to announce after a look; m is the memory after that look. If ok is true, a is the announcement to write. Otherwise
// due is the time to call Next again if nothing else happens, zero for never.
func (v *Announcer) Next(s Snapshot, m Memory, now time.Time) (a Announcement, due time.Time, ok bool) {
	file, exists := s.Peers.Own()
	if s.State == Unknown {
		v.missedAt = time.Time{} // the file may be missing with the store
	}
	if s.State == Unknown || !exists && !m.Shared && v.written.At.IsZero() && v.lastClash.IsZero() {
		return a, due, false
	}
	// The file is outdated if it was deleted, or if a sync engine restored an old one.
	last, outdated := v.written, v.confirmed && (!exists || file.At.Before(v.written.At))
	if exists && file.At.After(last.At) {
		last = v.acceptFile(file)
	}
	v.dropOldAsk(s, now)
	a = Announcement{Machine: v.Machine, Host: cutTo(strings.ToValidUTF8(s.Host, "\uFFFD"), maxPeerText), Version: v.Version, At: last.At, Watching: true,
		Daemon: m.daemonHere(s, last.Daemon), Gone: m.gone(), Ask: v.ask}
	if a.Daemon == (DaemonID{}) {
		a.Ask, v.ask = Ask{}, Ask{}
	}
	if a == last { // possibly written by an earlier Lockbar
		v.written, v.confirmed = last, v.confirmed || file == last
	}
	v.noteMissing(v.confirmed && !exists, now)
	if due = v.due(a == last && !outdated, a, m.Peers); due.IsZero() || now.Before(due) {
		return a, due, false
	}
	return v.stamp(a, last.At, now), time.Time{}, true
}

// due returns when to write if nothing else happens; zero for never. If a daemon has started elsewhere since our last announcement, we do
// not wait for HeartbeatTime: its machine is to learn that ours runs too.
func (v *Announcer) due(same bool, a Announcement, peers Peers) time.Time {
	switch began := v.writtenAt.Round(0); {
	case !v.missedAt.IsZero():
		return v.missedAt.Add(missingPause)
	case !same, a.Daemon != (DaemonID{}) && peers.any(func(p Peer) bool { return p.Alive && p.Since.After(began) }):
		return v.writtenAt.Add(announcePause)
	case a.Daemon != (DaemonID{}) && peers.anyAlive():
		return v.writtenAt.Add(HeartbeatTime)
	}
	return time.Time{}
}

// noteMissing remembers since when our file is missing.
func (v *Announcer) noteMissing(missing bool, now time.Time) {
	if !missing {
		v.missedAt = time.Time{}
	} else if v.missedAt.IsZero() {
		v.missedAt = now
	}
}

// acceptFile adopts a file that is newer than our last announcement. The command lockbar ask adds a request to the app's file; any
// other newer file is by another machine, or by an earlier Lockbar.
func (v *Announcer) acceptFile(file Announcement) Announcement {
	switch asks := file.Ask != (Ask{}) && file.Ask != v.written.Ask; {
	case asks, v.written.At.IsZero():
		v.ask = file.Ask
	default:
		v.countClash(file)
	}
	return file
}

// maxClashes is how often another machine must write our file before it counts as one with our id: once may be an accident.
const maxClashes = 2

// Cloned reports whether another machine has the id of this one, for example because its disk is a copy.
func (v *Announcer) Cloned() bool { return v.clashes >= maxClashes }

// countClash counts a file that another machine wrote, once.
func (v *Announcer) countClash(file Announcement) {
	if !file.At.Equal(v.lastClash) {
		v.clashes++
		v.lastClash = file.At
	}
}

// Leave returns the announcement to write when this Lockbar ends. ok is false if there is none to write.
func (v *Announcer) Leave(now time.Time) (a Announcement, ok bool) {
	if v.written.At.IsZero() {
		return a, false
	}
	a = v.written
	a.Watching = false
	return v.stamp(a, a.At, now), true
}

// Retract notes that the file of this machine was removed. Later announcements still have a later date.
func (v *Announcer) Retract() {
	v.ask, v.written, v.writtenAt, v.confirmed = Ask{}, Announcement{}, time.Time{}, false
}

// ChangeID gives the machine another id.
func (v *Announcer) ChangeID(id string) {
	v.Machine, v.clashes = id, 0
	v.Retract()
}

// stamp dates an announcement later than all earlier ones, whatever the clock shows, and remembers it.
func (v *Announcer) stamp(a Announcement, last, now time.Time) Announcement {
	a.At = now.Round(0).UTC()
	for _, before := range []time.Time{last, v.lastAt} {
		if !a.At.After(before) {
			a.At = before.Add(time.Millisecond)
		}
	}
	v.written, v.writtenAt, v.confirmed, v.lastAt = a, now, false, a.At
	return a
}

// gone returns the tokens of the locks whose holder was seen here and is gone.
func (m Memory) gone() (tokens [MaxGone]Token) {
	n := 0
	for _, l := range m.HeldLocks {
		if l.Gone {
			tokens[n] = l.Token
			n++
		}
	}
	return tokens
}

// daemonHere identifies the daemon of the store that runs here and held it; zero for none. last is the id that was announced
// before.
func (m Memory) daemonHere(s Snapshot, last DaemonID) DaemonID {
	p, held := s.Holder, s.State == HeldHere || s.State == Contested && m.Holder.PID != 0 && m.Holder.Same(s.Holder)
	namesake := m.tookAnother(s) || m.StartedAt != s.Record.StartedAt && s.cameBeforeHolder()
	if held && p.Alive() && p.takesLocks() && s.NamesHolder() && !namesake {
		return DaemonID{s.Record.PID, cutTo(s.Record.StartedAt, maxPeerText)}
	}
	if !held {
		p = s.LocalDaemon
	}
	switch {
	case !p.Alive() || !p.takesLocks():
		return DaemonID{}
	case m.Holder.Same(p) && m.StartedAt != "":
		return DaemonID{p.PID, cutTo(m.StartedAt, maxPeerText)}
	}
	return p.id(last)
}

// id identifies a process whose lock is unknown. It keeps the last announced id if that may be of the same process: the PID is the
// same, and the process ran when the lock in the id was taken.
func (p Process) id(last DaemonID) DaemonID {
	taken, known := Record{StartedAt: last.StartedAt}.Started()
	switch {
	case p.PID == last.PID && (!known || p.Started.IsZero() || !taken.Before(p.Started.Add(-Tolerance))):
		return last
	case p.Started.IsZero():
		return DaemonID{p.PID, "unknown"}
	}
	return DaemonID{p.PID, timestamp(p.Started.Truncate(time.Second))}
}
