package lockcore

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

const (
	// AliveTime is how long after its file changed here a machine's word counts that a daemon runs there. It says so anew every
	// HeartbeatTime while two run.
	AliveTime = 10 * time.Minute
	// HeartbeatTime is how often a machine repeats its word while it knows of two daemons.
	HeartbeatTime = 5 * time.Minute
	// peerMissing is how long a daemon on another machine may be heard of without a lock in the store: its file and its lock, or
	// the end of both, arrive in any order.
	peerMissing = 2 * MissingAfter
	// heardNow is how long ago the look before may have been for a change to be one of this moment.
	heardNow = 2 * MissingAfter
	// maxPeers is how many machines are heard, the newest first.
	maxPeers = 32
	// maxPeerFiles is how many files are read, the newest first, and maxPeerNames how many are looked at.
	maxPeerFiles = 128
	maxPeerNames = 1000
)

// Peer is what was last heard of a machine.
type Peer struct {
	Announcement
	Own   bool      // it is this machine
	Heard time.Time // when that file came or changed here, by our clock
	Since time.Time // when its daemon was first heard of
	Alive bool      // its daemon counts as one that runs
	// Silent reports that the file is gone, so that nothing in it is believed. It is kept, since an older one may come again.
	Silent bool
	// Asked is when its request was heard first; zero where it asks nothing.
	Asked time.Time
	// Rival reports that the daemon was known to run beside another one. It then counts until its end is known.
	Rival bool
}

// Peers is a list of machines, sorted by id, in a form that == compares.
type Peers struct{ encoded string }

// NewPeers makes the comparable form of a list.
func NewPeers(list []Peer) Peers {
	if len(list) == 0 {
		return Peers{}
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic("lockcore: peers are plain data: " + err.Error())
	}
	return Peers{string(b)}
}

// List gives the machines back; nil where there is none.
func (p Peers) List() (list []Peer) {
	if p.encoded == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(p.encoded), &list); err != nil {
		panic("lockcore: peers were not made by NewPeers: " + err.Error())
	}
	return list
}

// others reports whether another machine is among them.
func (p Peers) others() bool { return p.any(func(p Peer) bool { return !p.Own }) }

func (p Peers) anyAlive() bool { return p.any(func(p Peer) bool { return p.Alive }) }

func (p Peers) any(is func(Peer) bool) bool { return slices.ContainsFunc(p.List(), is) }

// MarshalJSON writes the list.
func (p Peers) MarshalJSON() ([]byte, error) { return []byte(cmp.Or(p.encoded, "null")), nil }

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Peers) UnmarshalJSON(data []byte) error {
	var list []Peer
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*p = NewPeers(list[:min(len(list), maxPeers)])
	return nil
}

// heard is a file that was read.
type heard struct {
	Announcement
	changed time.Time // ctime
}

// readPeers reads what the machines say. It ignores what no Lockbar wrote. all is false if there may be more files.
func readPeers(store string) (files []heard, all bool) {
	dir := filepath.Join(store, PeersName)
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil, errors.Is(err, fs.ErrNotExist)
	}
	list, names := fileList{most: maxPeerFiles, largest: maxPeerSize}, 0
	_, err := fsx.EachName(dir, func(name []byte) {
		if names++; names <= maxPeerNames && mayBePeer(name) {
			list.add(dir, string(name))
		}
	})
	for _, f := range list.newest {
		if a, err := parsePeer(readRegular(f.path, f.info, maxPeerSize).data); err == nil && strings.HasSuffix(f.path, peerName(a.Machine)) {
			files = append(files, heard{a, f.changed})
		}
	}
	return files, err == nil && names <= maxPeerNames && list.more == 0
}

// listening is what listen must know beside the files and what it remembers.
type listening struct {
	own string    // the id of this machine
	now time.Time // of the look
	// watched reports that there was a look a moment ago, so that what changed since changed now.
	watched bool
	// all reports that every file was read, so that a machine without one has taken its own away.
	all bool
}

// listen takes the files into what was heard before. Of several of one machine the newest by its own clock counts: engines bring
// them in any order, and bring old ones back.
func (l listening) listen(before []Peer, files []heard) []Peer {
	sort.SliceStable(files, func(i, j int) bool { return files[i].At.After(files[j].At) }) // not of package slices: those would add 30 KB
	var peers []Peer
	for _, f := range files {
		if !slices.ContainsFunc(peers, func(p Peer) bool { return p.Machine == f.Machine }) {
			peers = append(peers, l.hear(before, f))
		}
	}
	for _, p := range before {
		if !p.Own && !slices.ContainsFunc(files, func(f heard) bool { return f.Machine == p.Machine }) {
			p.Silent = p.Silent || l.all
			p.Rival = p.Rival && !p.Silent
			peers = append(peers, p)
		}
	}
	sort.SliceStable(peers, func(i, j int) bool { return peers[i].Heard.After(peers[j].Heard) })
	peers = peers[:min(len(peers), maxPeers)]
	sort.SliceStable(peers, func(i, j int) bool { return peers[i].Machine < peers[j].Machine })
	for i := range peers {
		peers[i].Alive = peers[i].isAlive(l.now)
	}
	return peers
}

// hear returns a machine as its newest file has it, or as it is remembered where that is newer. Of our own the file counts,
// whatever it is.
func (l listening) hear(before []Peer, f heard) Peer {
	p := Peer{Announcement: f.Announcement, Own: f.Machine == l.own, Heard: earliest(f.changed, l.now)}
	if l.watched {
		p.Heard = l.now
	}
	p.Heard = p.Heard.Round(0).UTC()
	p.Since = p.Heard
	if p.Ask != (Ask{}) {
		p.Asked = p.Heard
	}
	i := slices.IndexFunc(before, func(old Peer) bool { return old.Machine == f.Machine })
	if i < 0 || p.Own {
		return p
	}
	old := before[i]
	if !f.At.After(old.At) {
		old.Silent = false
		return old
	}
	if p.Daemon == old.Daemon {
		p.Since, p.Rival = old.Since, old.Rival
	}
	if p.Ask == old.Ask {
		p.Asked = old.Asked
	}
	return p
}

// isAlive reports whether the daemon of another machine counts as one that runs. A word that lapses withdraws no alarm, as long as
// the end would be told.
func (p Peer) isAlive(now time.Time) bool {
	if p.Own || p.Silent || p.Daemon == (DaemonID{}) {
		return false
	}
	return now.Sub(p.Heard).Abs() < AliveTime || p.Rival && p.Watching
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// hear takes in what the other machines say of the lock that was read, and of their daemons.
func (l *looking) hear(files []heard, all bool) {
	since := l.now.Sub(l.memory.looked)
	watched := !l.memory.looked.IsZero() && since >= 0 && since < heardNow
	ear := listening{own: l.store.MachineID(), now: l.now, watched: watched, all: all}
	peers := ear.listen(l.memory.Peers.List(), files)
	l.snap.Peers = NewPeers(peers)
	for _, p := range peers {
		if !p.Own && !p.Silent {
			l.peers = append(l.peers, p)
		}
	}
	l.evidence.Witnessed = l.isWitnessed(l.snap.Token, l.evidence.Record)
	l.snap.HolderAlive = slices.ContainsFunc(l.peers, func(p Peer) bool { return p.Alive && p.Daemon.took(l.evidence.Record) })
}

// isWitnessed reports whether another machine says that the holder of a lock with these bytes is gone, and none that its daemon took it:
// a namesake may have been wrong.
func (l *looking) isWitnessed(t Token, r Record) bool {
	return !l.isTakenElsewhere(r) && slices.ContainsFunc(l.peers, func(p Peer) bool { return p.hasGone(t) })
}

// isNameTaken reports whether another machine has the name that a record has.
func (l *looking) isNameTaken(r Record) bool {
	return slices.ContainsFunc(l.peers, func(p Peer) bool { return SameHost(p.Host, r.Hostname) })
}

// isTakenElsewhere reports whether another machine says that its daemon took a lock with this record.
func (l *looking) isTakenElsewhere(r Record) bool {
	return slices.ContainsFunc(l.peers, func(p Peer) bool { return p.Daemon.took(r) })
}

// countPeers counts the daemons that run on other machines. The end of one may be told after another one has begun: so one that was
// heard of before the newest began counts only when peerMissing is over, or when it was heard of again.
func (l *looking) countPeers() {
	e := &l.evidence
	alive := l.snap.Elsewhere()
	newest := l.newest(alive)
	for _, p := range alive {
		e.PeerMissing = e.PeerMissing || e.Absent && l.now.Sub(p.Since) >= peerMissing && l.absentFor() >= peerMissing
		if !p.Since.Before(newest) || p.Heard.After(newest) || l.now.Sub(newest) >= peerMissing {
			e.PeerDaemons++
		}
	}
}

// newest returns when the newest daemon began: one of these, or the one that the lock names here.
func (l *looking) newest(alive []Peer) (newest time.Time) {
	if l.evidence.OurHost || l.evidence.InnerHolder {
		newest = l.snap.LockChanged
	}
	for _, p := range alive {
		if p.Since.After(newest) {
			newest = p.Since
		}
	}
	return newest
}

// Elsewhere lists the machines whose daemon counts as one that runs, each daemon once: two machines may speak of one that runs in a
// container. One that holds the lock here is not another one.
func (s Snapshot) Elsewhere() (alive []Peer) {
	for _, p := range s.Peers.List() {
		known := slices.ContainsFunc(alive, func(o Peer) bool { return o.Daemon == p.Daemon })
		if p.Alive && !known && !(s.holdsInside && p.Daemon.took(s.Record)) {
			alive = append(alive, p)
		}
	}
	return alive
}

// HolderHeard returns the machine whose word the judgement of the lock rests on: the one that says that its holder is gone, or that its
// daemon took it. It is zero where there is none.
func (s Snapshot) HolderHeard() Peer {
	for _, p := range s.Peers.List() {
		if !p.Own && !p.Silent && (p.hasGone(s.Token) || p.Daemon.took(s.Record)) {
			return p
		}
	}
	return Peer{}
}

// findSeen notes which processes are gone of those that were seen to hold a lock here.
func (l *looking) findSeen() {
	for i, seen := range l.memory.Seen {
		if seen.Token == "" {
			continue
		}
		if seen.Gone {
			l.snap.gone |= 1 << i
			continue
		}
		p, _ := l.probeHere(seen.PID)
		another := p.Alive() && p.StartID != 0 && p.StartID != seen.StartID
		if p.Status == Gone || p.Status == Zombie || another {
			l.snap.gone |= 1 << i
		}
	}
}

// absentFor returns for how long there has been no lock at least. A single look goes by the directory, which has not changed since.
func (l *looking) absentFor() time.Duration {
	since := l.memory.GoneSince
	if since.IsZero() {
		since = l.snap.Changed
	}
	return l.now.Sub(since)
}
