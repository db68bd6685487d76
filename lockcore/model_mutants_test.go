package lockcore

import (
	"slices"
	"testing"
	"time"

	"lockbar/internal/testfs"
)

// mutants lists changes that each disable one rule by changing the input or the result of a look, the memory, or the announcer.
var mutants = []mutant{
	{name: "any of a machine's files counts", killer: 15, files: func(h *host, l *inspection, files []peerFile) {
		for i := range files {
			for j := range files[:i] {
				if files[i].Machine == files[j].Machine {
					files[i].At, files[j].At = files[j].At, files[i].At
				}
			}
		}
	}},
	{name: "a file that is older than the last one counts", killer: 15, files: func(h *host, l *inspection, files []peerFile) {
		for i := range files {
			j := slices.IndexFunc(l.memory.Peers.List(), func(p Peer) bool { return p.Machine == files[i].Machine && p.At.After(files[i].At) })
			if j >= 0 {
				files[i].At = l.memory.Peers.List()[j].At.Add(time.Millisecond)
			}
		}
	}},
	{name: "a report is as old as its writer claims", killer: 142, files: func(h *host, l *inspection, files []peerFile) {
		for i := range files {
			files[i].changed, l.memory.lastLook = files[i].At, time.Time{}
		}
	}},
	{name: "a report never expires", killer: 1, weighed: func(l *inspection, p *Peer) { p.Alive = !p.ThisMachine && !p.Removed && p.Daemon != DaemonID{} }},
	{name: "an alarm expires with its report", remembered: func(h *host, l *inspection, m *Memory) {
		m.changePeers(func(p *Peer) { p.Contesting = false })
	}},
	{name: "a file that is gone counts", killer: 18, weighed: func(l *inspection, p *Peer) { p.Removed = false; p.Alive = p.isAlive(l.now) }},
	{name: "two machines never have one name", files: func(h *host, l *inspection, files []peerFile) {
		for i := range files {
			files[i].Host = files[i].Machine
		}
	}},
	{name: "no other machine's claim to a lock counts", killer: 11, judged: func(l *inspection) {
		l.evidence.TakenElsewhere = false
		l.evidence.OurHost = SameHost(l.snap.Host, l.evidence.Record.Hostname) && ours(l.evidence)
	}},
	{name: "our own file counts as another machine's", killer: 18, weighed: func(l *inspection, p *Peer) { p.ThisMachine = false; p.Alive = p.isAlive(l.now) }},
	{name: "a holder that was never seen here is reported gone", remembered: func(h *host, l *inspection, m *Memory) {
		if p, _ := h.probe(l.snap.Record.PID); l.snap.HasLock() && !m.hasHeldLock(l.snap.Token) && p.Status == Gone {
			m.HeldLocks[0] = SeenLock{Token: l.snap.Token, PID: l.snap.Record.PID, Gone: true}
		}
	}},
	{name: "a lock with our name is held by any daemon with its PID", killer: 65, remembered: func(h *host, l *inspection, m *Memory) {
		if s := l.snap; s.State == HeldHere && s.Reason == "" && s.Holder.Kind == Daemon && !m.hasHeldLock(s.Token) {
			m.HeldLocks[0] = SeenLock{Token: s.Token, PID: s.Holder.PID, StartID: s.Holder.StartID}
		}
	}},
	{name: "locks that were seen are forgotten", killer: 102, revived: func(m Memory) Memory { m.HeldLocks = [MaxGone]SeenLock{}; return m }},
	{name: "a missing lock counts as missing at once", judged: func(l *inspection) {
		l.evidence.PeerMissing = l.evidence.Absent && l.evidence.PeerDaemons > 0
	}},
	{name: "a daemon may have taken a lock that was here before it", killer: 506, files: func(h *host, l *inspection, files []peerFile) { l.evidence.Changed = time.Time{} }},
	{name: "a report is never repeated", killer: 56, announces: func(v *Announcer, now time.Time) { v.writtenAt = now.Add(-announcePause) }},
	{name: "a report is repeated at each look", killer: 1, announces: func(v *Announcer, now time.Time) { v.written.Version = "" }},
	{name: "a machine writes although no other one was seen", remembered: func(h *host, l *inspection, m *Memory) { m.Shared = true }},
	{name: "no reports count", killer: 7, judged: func(l *inspection) { l.evidence.PeerDaemons, l.evidence.Witnessed = 0, false }},
}

func (m *Memory) changePeers(change func(*Peer)) {
	list := m.Peers.List()
	for i := range list {
		change(&list[i])
	}
	m.Peers = NewPeers(list)
}

func TestModelMutants(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			if *modelSeed != 0 {
				t.Log(replay(*modelSeed, m))
				return
			}
			for seed := range uint64(testfs.Rounds(200, 1000)) {
				if seed == 0 {
					if seed = m.killer; seed == 0 {
						continue // -model.seed=0 would not replay it
					}
				}
				if why := newWorld(seed, m).run(); why != "" {
					t.Logf("-model.seed=%d: %s", seed, why)
					return
				}
			}
			t.Error("no schedule shows that the rule is needed")
		})
	}
}
