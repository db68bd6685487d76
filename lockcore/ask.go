package lockcore

import (
	"slices"
	"time"
)

// askLifetime limits the validity of a request: a user who comes to the other machine later finds another situation.
const askLifetime = time.Hour

// Askable lists the machines whose daemon is known to run beside the one here: their users can be asked to stop it.
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

// Request makes the next announcement ask a machine to stop the daemon that runs there.
func (v *Announcer) Request(p Peer, now time.Time) {
	v.ask = Ask{p.Machine, p.Daemon, now.Round(0).UTC()}
}

// Pending returns the current request to another machine; zero for none.
func (v *Announcer) Pending() Ask { return v.ask }

// dropOldAsk withdraws a request that is too old, or whose daemon is not known to run any more.
func (v *Announcer) dropOldAsk(s Snapshot, now time.Time) {
	runs := func(p Peer) bool { return p.Machine == v.ask.Machine && p.Daemon == v.ask.Daemon && !p.Removed }
	if v.ask != (Ask{}) && (now.Sub(v.ask.At) >= askLifetime || !slices.ContainsFunc(s.Peers.List(), runs)) {
		v.ask = Ask{}
	}
}

// Asker returns the machine that asks this one to stop the daemon here. It is zero if there is none or its request is void: the
// daemon is another one, the asking machine's own has ended, an hour has passed since the request was written or first read, or
// this machine asks too.
func (v *Announcer) Asker(s Snapshot, now time.Time) Peer {
	here := v.written.Daemon
	if here == (DaemonID{}) || v.ask != (Ask{}) || s.State != Contested {
		return Peer{}
	}
	for _, p := range s.Peers.List() {
		fresh := now.Sub(p.Asked).Abs() < askLifetime && now.Sub(p.Ask.At) < askLifetime
		if !p.ThisMachine && !p.Removed && p.Daemon != (DaemonID{}) && p.Ask.Machine == v.Machine && p.Ask.Daemon == here && fresh {
			return p
		}
	}
	return Peer{}
}

// WithAsk returns the announcement with a request added and a later date. A command uses it to ask in place of the app.
func (a Announcement) WithAsk(p Peer, now time.Time) Announcement {
	v := Announcer{}
	v.Request(p, now)
	before := a.At
	a.Ask = v.ask
	return v.stamp(a, before, now)
}
