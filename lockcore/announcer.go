package lockcore

import (
	"strings"
	"time"
)

// announcePause is the least time between two announcements: a daemon that crashes over and over must not keep a sync engine busy.
const announcePause = time.Second

// Announcer decides what a machine writes in its file in a store, and when. It touches no file.
//
// A machine writes only once another one has been seen in the store, or where it has a file already: when what it knows changes, and
// every HeartbeatTime while its own daemon and another one are known to run, at once when that one began.
type Announcer struct {
	Machine string // its id
	Version string // of its Lockbar

	ask     Ask          // what another machine is asked
	said    Announcement // what was written last
	wrote   time.Time    // when, by our clock
	shown   bool         // a look has found it in the file
	latest  time.Time    // At of the newest word ever
	clashes int          // how often another machine wrote the file
	clashed time.Time    // At of the last one of those
}

// Next decides after a look, of which m is what is remembered now. It returns what to write, if ok; else when to ask again if nothing
// happens until then, zero for never.
func (v *Announcer) Next(s Snapshot, m Memory, now time.Time) (a Announcement, due time.Time, ok bool) {
	file, written := s.Peers.Own()
	if s.State == Unknown || !written && !m.Shared && v.said.At.IsZero() && v.clashed.IsZero() {
		return a, due, false
	}
	last, old := v.said, v.shown && (!written || file.At.Before(v.said.At)) // it was deleted, or an engine brought an old one back
	if written && file.At.After(last.At) {
		last = v.adopt(file)
	}
	v.withdraw(s, now)
	a = Announcement{Machine: v.Machine, Host: cutTo(strings.ToValidUTF8(s.Host, "\uFFFD"), maxPeerText), Version: v.Version, At: last.At, Watching: true,
		Daemon: m.daemonHere(s, last.Daemon), Gone: m.gone(), Ask: v.ask}
	if a.Daemon == (DaemonID{}) {
		a.Ask, v.ask = Ask{}, Ask{}
	}
	if a == last { // also what the Lockbar before this one has left
		v.said, v.shown = last, v.shown || file == last
	}
	if due = v.due(a == last && !old, a, m.Peers); due.IsZero() || now.Before(due) {
		return a, due, false
	}
	return v.say(a, last.At, now), time.Time{}, true
}

// due returns when to write, if nothing else happens until then; zero for never. A daemon that began elsewhere since our last word is
// told at once that ours runs, too.
func (v *Announcer) due(same bool, a Announcement, peers Peers) time.Time {
	switch began := v.wrote.Round(0); {
	case !same, a.Daemon != (DaemonID{}) && peers.any(func(p Peer) bool { return p.Alive && p.Since.After(began) }):
		return v.wrote.Add(announcePause)
	case a.Daemon != (DaemonID{}) && peers.anyAlive():
		return v.wrote.Add(HeartbeatTime)
	}
	return time.Time{}
}

// adopt takes in a newer file than was written here. The command lockbar ask adds a request to the file of the app; all else is by another
// machine, or by a Lockbar before this one.
func (v *Announcer) adopt(file Announcement) Announcement {
	switch asks := file.Ask != (Ask{}) && file.Ask != v.said.Ask; {
	case asks, v.said.At.IsZero():
		v.ask = file.Ask
	default:
		v.clash(file)
	}
	return file
}

// maxClashes is how often another machine may write the file until it is taken for one that has our id: once may be an accident.
const maxClashes = 2

// Cloned reports whether another machine has the id of this one: its disk may be a copy.
func (v *Announcer) Cloned() bool { return v.clashes >= maxClashes }

// clash counts a file that another machine wrote.
func (v *Announcer) clash(file Announcement) {
	if !v.said.At.IsZero() && !file.At.Equal(v.clashed) {
		v.clashes++
		v.clashed = file.At
	}
}

// Leave returns what to write at the end of the Lockbar, if ok.
func (v *Announcer) Leave(now time.Time) (a Announcement, ok bool) {
	if v.said.At.IsZero() {
		return a, false
	}
	a = v.said
	a.Watching = false
	return v.say(a, a.At, now), true
}

// Retract takes in that the file of this machine was taken away. What is said later has a later date all the same.
func (v *Announcer) Retract() {
	v.ask, v.said, v.wrote, v.shown = Ask{}, Announcement{}, time.Time{}, false
}

// Become gives the machine another id.
func (v *Announcer) Become(id string) {
	v.Machine, v.clashes = id, 0
	v.Retract()
}

// say dates what is written: later than all that was written before, whatever the clock says.
func (v *Announcer) say(a Announcement, last, now time.Time) Announcement {
	a.At = now.Round(0).UTC()
	for _, before := range []time.Time{last, v.latest} {
		if !a.At.After(before) {
			a.At = before.Add(time.Millisecond)
		}
	}
	v.said, v.wrote, v.shown, v.latest = a, now, false, a.At
	return a
}

// gone returns the locks whose holder was seen here, and is gone.
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

// daemonHere names the daemon of the store that runs here, and held it; zero for none. last is what was said before.
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

// id names a process whose lock is not known. It keeps the name that was given to it before: a process of that number which ran when the
// lock of that name was taken is the same one.
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
