package lockcore

import (
	"slices"
	"time"
)

// This file weighs the reports of other machines about the lock, their daemons and their names.

// weighPeers adds to the evidence and the snapshot what other machines report about the lock that was read, and about their daemons.
func (l *inspection) weighPeers(files []peerFile, others []string, all bool) {
	update := peerUpdate{own: l.store.MachineID(), now: l.now, watched: l.memory.watched(l.now), all: all, others: others}
	peers := update.apply(l.memory.Peers.List(), files)
	l.snap.Peers = NewPeers(peers)
	for _, p := range peers {
		if !p.ThisMachine && !p.Removed {
			l.peers = append(l.peers, p)
		}
	}
	l.evidence.Witnessed = l.isWitnessed(l.snap.Token, l.evidence.Record)
	l.snap.HolderAlive = slices.ContainsFunc(l.peers, func(p Peer) bool { return p.Alive && p.Daemon.took(l.evidence.Record) })
}

// isWitnessed reports whether another machine reports that the holder of a lock with these bytes is gone, and no machine reports that its
// own daemon took the lock: if two machines share a name, the first may have taken its own daemon for the holder.
func (l *inspection) isWitnessed(t Token, r Record) bool {
	return !l.isTakenElsewhere(r) && slices.ContainsFunc(l.peers, func(p Peer) bool { return p.reportsGone(t) })
}

// isNameTaken reports whether another machine's host name is that of the record.
func (l *inspection) isNameTaken(r Record) bool {
	return slices.ContainsFunc(l.peers, func(p Peer) bool { return SameHost(p.Host, r.Hostname) })
}

// isTakenElsewhere reports whether another machine reports that its daemon took a lock with this record.
func (l *inspection) isTakenElsewhere(r Record) bool {
	return slices.ContainsFunc(l.peers, func(p Peer) bool { return p.Daemon.took(r) })
}

// countPeers counts the daemons that run on other machines, and finds out whether one of them has run without a lock for too long. The
// report that one has ended may arrive after the report that another has started. So a daemon that was first reported before the newest one
// was noticed counts only if it was reported again after that, or when peerMissingAfter has passed since.
func (l *inspection) countPeers() {
	e := &l.evidence
	alive := l.snap.Elsewhere()
	newest := l.newestNoticed(alive)
	for _, p := range alive {
		e.PeerMissing = e.PeerMissing || e.Absent && l.now.Sub(p.Since) >= peerMissingAfter && l.absentFor() >= peerMissingAfter
		if !p.Since.Before(newest) || p.Heard.After(newest) || l.now.Sub(newest) >= peerMissingAfter {
			e.PeerDaemons++
		}
	}
}

// newestNoticed returns when the newest daemon was noticed: when one of alive was first reported, or when the lock was written, if it
// names a process here, which may be gone.
func (l *inspection) newestNoticed(alive []Peer) (newest time.Time) {
	if (l.evidence.OurHost || l.evidence.InnerHolder) && !l.snap.LockChanged.After(l.now) { // a later time is from a server's clock
		newest = l.snap.LockChanged
	}
	for _, p := range alive {
		if p.Since.After(newest) {
			newest = p.Since
		}
	}
	return newest
}

// checkHeldLocks notes which of the processes that were seen to hold a lock here are gone.
func (l *inspection) checkHeldLocks() {
	for i, seen := range l.memory.HeldLocks {
		if seen.Token == "" {
			continue
		}
		if seen.Gone { // noted again, so that the snapshot is equal to the last one
			l.snap.goneHolders |= 1 << i
			continue
		}
		p, _ := l.probeHere(seen.PID)
		another := p.Alive() && p.StartID != 0 && p.StartID != seen.StartID
		if p.Status == Gone || p.Status == Zombie || another {
			l.snap.goneHolders |= 1 << i
		}
	}
}

// absentFor returns the least time for which there has been no lock: since Memory.GoneSince or, if that is zero, since the directory last
// changed.
func (l *inspection) absentFor() time.Duration {
	since := l.memory.GoneSince
	if since.IsZero() {
		since = l.snap.DirChanged
	}
	return l.now.Sub(since)
}
