package lockcore

import (
	"testing"
	"time"
)

// TestAsker checks that a request counts only for the very daemon that runs here, from a machine whose own daemon runs, for an hour,
// while the store is contested, and while this machine makes no request.
func TestAsker(t *testing.T) {
	here := DaemonID{77, "2026-11-27T11:00:00+00:00"}
	asker := func(change func(*Peer)) Peers {
		p := Peer{Announcement: report(0), Heard: noon, Asked: noon, Alive: true}
		p.Ask = Ask{ownID, here, noon}
		change(&p)
		return NewPeers([]Peer{p})
	}
	for _, c := range []struct {
		name   string
		change func(*Peer)
		at     time.Duration // after noon
		state  State
		ours   Ask
		want   bool
	}{
		{"it asks", func(*Peer) {}, 0, Contested, Ask{}, true},
		{"just before the hour is over", func(*Peer) {}, askLifetime - 1, Contested, Ask{}, true},
		{"the hour is over", func(*Peer) {}, askLifetime, Contested, Ask{}, false},
		{"the hour is over by its own clock, although it was read late", func(p *Peer) { p.Asked = noon.Add(askLifetime) }, askLifetime, Contested, Ask{}, false},
		{"the hour since it was read is over, although its clock is ahead", func(p *Peer) { p.Ask.At = noon.Add(askLifetime) }, askLifetime, Contested, Ask{}, false},
		{"to another machine", func(p *Peer) { p.Ask.Machine = otherID }, 0, Contested, Ask{}, false},
		{"for a daemon before this one", func(p *Peer) { p.Ask.Daemon.StartedAt = "x" }, 0, Contested, Ask{}, false},
		{"its own daemon has ended", func(p *Peer) { p.Daemon = DaemonID{} }, 0, Contested, Ask{}, false},
		{"its file is gone", func(p *Peer) { p.Removed = true }, 0, Contested, Ask{}, false},
		{"the other one has ended", func(*Peer) {}, 0, HeldHere, Ask{}, false},
		{"while we ask", func(*Peer) {}, 0, Contested, Ask{otherID, here, noon}, false},
		{"in our own file", func(p *Peer) { p.ThisMachine = true }, 0, Contested, Ask{}, false},
	} {
		v := Announcer{Machine: ownID, written: Announcement{Daemon: here, At: noon}, ask: c.ours}
		got := v.Asker(Snapshot{State: c.state, Peers: asker(c.change)}, noon.Add(c.at))
		if (got != Peer{}) != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestRequest checks that a request is announced until the other machine's file no longer reports the daemon in the request, our daemon
// has ended, the hour is over, or the clock was set back. The file may be too old to prove that the daemon still runs.
func TestRequest(t *testing.T) {
	record := Record{77, "here", "2026-11-27T11:00:00+00:00", schemaVersion}
	p := Peer{Announcement: report(0), Heard: noon, Alive: true}
	look := func(change func(*Snapshot, *Peer)) Snapshot {
		s := Snapshot{State: HeldHere, Host: "here", Record: record, Token: tokenOf(record.Encode()),
			Holder: Process{PID: 77, Status: Running, Kind: Daemon, StartID: 1, store: thisStore}}
		other := p
		change(&s, &other)
		s.Peers = NewPeers([]Peer{other})
		return s
	}
	for _, c := range []struct {
		name   string
		change func(*Snapshot, *Peer)
		at     time.Duration
		want   bool
	}{
		{"both run", func(*Snapshot, *Peer) {}, time.Minute, true},
		{"its report has lapsed", func(_ *Snapshot, p *Peer) { p.Alive = false }, time.Minute, true},
		{"its daemon has ended", func(_ *Snapshot, p *Peer) { p.Daemon = DaemonID{} }, time.Minute, false},
		{"another one runs there", func(_ *Snapshot, p *Peer) { p.Daemon.PID++ }, time.Minute, false},
		{"its file is gone", func(_ *Snapshot, p *Peer) { p.Removed = true }, time.Minute, false},
		{"ours has ended", func(s *Snapshot, _ *Peer) { s.State, s.Holder = Stale, Process{} }, time.Minute, false},
		{"the hour is over", func(*Snapshot, *Peer) {}, askLifetime, false},
		{"the clock was set back by an hour", func(*Snapshot, *Peer) {}, -askLifetime, false},
	} {
		v := Announcer{Machine: ownID, Version: "1"}
		v.Request(p, noon)
		a, _, ok := v.Next(look(c.change), Memory{Shared: true}, noon.Add(c.at))
		if !ok || (a.Ask == Ask{p.Machine, p.Daemon, noon}) != c.want || (a.Ask == Ask{}) == c.want || v.Pending() != a.Ask {
			t.Errorf("%s: %v, %+v", c.name, ok, a)
		}
	}
}

// TestRequestOfACommand checks that the app keeps the request that lockbar ask has added to its file, and counts no clash.
func TestRequestOfACommand(t *testing.T) {
	v := Announcer{Machine: ownID, Version: "1"}
	p := Peer{Announcement: report(0), Heard: noon, Alive: true}
	s := Snapshot{State: Contested, Host: "here", LocalDaemon: Process{PID: 77, Status: Running, Kind: Daemon, StartID: 1, Started: noon, store: thisStore},
		Peers: NewPeers([]Peer{p})}
	mine, _, ok := v.Next(s, Memory{Shared: true}, noon)
	if !ok {
		t.Fatal("nothing is announced")
	}
	asks := mine.WithAsk(p, noon.Add(time.Second))
	s.Peers = NewPeers([]Peer{p, {Announcement: asks, ThisMachine: true}})
	if a, _, ok := v.Next(s, Memory{Shared: true}, noon.Add(2*time.Second)); ok || v.clashes != 0 || v.Pending() != asks.Ask {
		t.Errorf("%v: %+v, %d clashes, pending %+v", ok, a, v.clashes, v.Pending())
	}
}

// TestTheNewestDaemon checks that a report of a daemon is not believed at once if it is older than the start of the newest daemon: a
// later report, that the daemon has ended, may be in transit.
func TestTheNewestDaemon(t *testing.T) {
	store := openStore(t)
	for _, c := range []struct {
		name         string
		taken, heard time.Duration // before now: when our daemon took the lock, and when the other machine's file arrived
		want         int
	}{
		{"reported after ours began", time.Minute / 2, time.Second, 1},
		{"reported before ours began", time.Second, time.Minute, 0},
		{"reported before ours began, long ago", peerMissingAfter, peerMissingAfter + time.Minute, 1},
	} {
		l := store.newInspection(Memory{}, noon)
		l.evidence.OurHost, l.snap.LockChanged = true, noon.Add(-c.taken)
		p := Peer{Announcement: report(0), Alive: true, Heard: noon.Add(-c.heard), Since: noon.Add(-2 * time.Hour)}
		l.snap.Peers = NewPeers([]Peer{p})
		if l.countPeers(); l.evidence.PeerDaemons != c.want {
			t.Errorf("%s: %d", c.name, l.evidence.PeerDaemons)
		}
	}
}
