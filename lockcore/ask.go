package lockcore

import (
	"slices"
	"time"
)

// askTime is how long a request holds: whoever comes to the other machine later finds another state of things.
const askTime = time.Hour

// Askable lists the machines whose daemon runs beside the one here, as far as is known: their users can be asked to stop it.
func Askable(s Snapshot) (list []Peer) {
	if s.State != Contested || len(Daemons(s)) == 0 {
		return nil
	}
	for _, p := range s.Elsewhere() {
		if p.Watching {
			list = append(list, p)
		}
	}
	return list
}

// Request has the next word ask a machine to stop the daemon that runs there.
func (v *Announcer) Request(p Peer, now time.Time) {
	v.ask = Ask{p.Machine, p.Daemon, now.Round(0).UTC()}
}

// Asking returns what is asked of another machine; zero for nothing.
func (v *Announcer) Asking() Ask { return v.ask }

// withdraw takes back a request for a daemon that is not known to run any more, or that is too old.
func (v *Announcer) withdraw(s Snapshot, now time.Time) {
	runs := func(p Peer) bool { return p.Machine == v.ask.Machine && p.Daemon == v.ask.Daemon && !p.Removed }
	if v.ask != (Ask{}) && (now.Sub(v.ask.At) >= askTime || !slices.ContainsFunc(s.Peers.List(), runs)) {
		v.ask = Ask{}
	}
}

// Asker returns the machine that asks this one to stop the daemon here. It is zero where none does, or what it asks holds no longer: the
// daemon is another one, its own has ended, an hour is over since it was written or first heard, or this machine asks, too.
func (v *Announcer) Asker(s Snapshot, now time.Time) Peer {
	here := v.said.Daemon
	if here == (DaemonID{}) || v.ask != (Ask{}) || s.State != Contested {
		return Peer{}
	}
	for _, p := range s.Peers.List() {
		fresh := now.Sub(p.Asked).Abs() < askTime && now.Sub(p.Ask.At) < askTime
		if !p.ThisMachine && !p.Removed && p.Daemon != (DaemonID{}) && p.Ask.Machine == v.Machine && p.Ask.Daemon == here && fresh {
			return p
		}
	}
	return Peer{}
}

// Asks returns what a machine says with a request added: the word of the app, by a command that asks in its place. It is dated later.
func (a Announcement) Asks(p Peer, now time.Time) Announcement {
	v := Announcer{}
	v.Request(p, now)
	said := a.At
	a.Ask = v.ask
	return v.say(a, said, now)
}
