package lockcore

import (
	"slices"
	"time"
)

// askLifetime limits how long a request is valid: when a user comes to the other machine later, the situation may have changed.
const askLifetime = time.Hour

// Expired reports whether a request is too old to be valid, or so far in the future that its age is unknown: the clock was set back.
func (a Ask) Expired(now time.Time) bool { return now.Sub(a.At).Abs() >= askLifetime }

// Askable lists the machines whose daemon is known to run beside the one here, and whose Lockbar runs to show a request to stop it.
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

// Request makes the next announcement ask the user of a machine to stop the daemon there.
func (v *Announcer) Request(p Peer, now time.Time) {
	v.ask = Ask{p.Machine, p.Daemon, now.Round(0).UTC()}
}

// Pending returns the current request to another machine, or zero.
func (v *Announcer) Pending() Ask { return v.ask }

// dropOldAsk withdraws a request that has expired, or whose daemon the other machine does not report any more.
func (v *Announcer) dropOldAsk(s Snapshot, now time.Time) {
	runs := func(p Peer) bool { return p.Machine == v.ask.Machine && p.Daemon == v.ask.Daemon && !p.Removed }
	if v.ask != (Ask{}) && (v.ask.Expired(now) || !slices.ContainsFunc(s.Peers.List(), runs)) {
		v.ask = Ask{}
	}
}

// Asker returns the machine that asks this one to stop the daemon here. It returns zero if no machine asks, or if the request no longer
// counts: the store is not contested, the daemon here has ended or another one runs now, the asking machine's own daemon has ended or its
// file is gone, an hour has passed since the request was written or arrived here, or this machine also asks.
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

// WithAsk returns the announcement with a request and a later date. With it a command makes a request on behalf of the running app.
func (a Announcement) WithAsk(p Peer, now time.Time) Announcement {
	v := Announcer{}
	v.Request(p, now)
	before := a.At
	a.Ask = v.ask
	return v.stamp(a, before, now)
}
