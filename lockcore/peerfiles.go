package lockcore

import (
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
	// clockError is how far ahead a machine's clock may be. What it said by one that was further ahead counts until it says something else.
	clockError = time.Hour
	// maxPeers is how many machines are heard, the newest first.
	maxPeers = 32
	// maxPeerFiles is how many files are read, the newest first, and maxPeerNames how many are looked at.
	maxPeerFiles = 128
	maxPeerNames = 1000
)

// peerFile is a file that was read.
type peerFile struct {
	Announcement
	changed time.Time // ctime
}

// readPeers reads what the machines say. It ignores what no Lockbar wrote, and lists the names of those files: one may be under way. all is
// false if there may be more files.
func readPeers(store string) (files []peerFile, others []string, all bool) {
	dir := filepath.Join(store, PeersName)
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil, nil, fsx.IsAbsent(err)
	}
	list, names := fileList{most: maxPeerFiles, largest: maxPeerSize}, 0
	_, err := fsx.EachName(dir, func(name []byte) {
		if !mayBePeer(name) {
			return
		}
		if names++; names <= maxPeerNames {
			list.add(dir, string(name))
		}
	})
	for _, f := range list.newest {
		if a, err := parsePeer(readRegular(f.path, f.info, maxPeerSize).data); err == nil && strings.HasSuffix(f.path, peerName(a.Machine)) {
			files = append(files, peerFile{a, f.changed})
		} else {
			others = append(others, f.path)
		}
	}
	return files, others, err == nil && names <= maxPeerNames && list.more == 0
}

// listening is what listen must know beside the files and what it remembers.
type listening struct {
	own string    // the id of this machine
	now time.Time // of the look
	// watched reports that there was a look a moment ago, so that what changed since changed now.
	watched bool
	// all reports that every file was read, so that a machine without one has taken its own away.
	all bool
	// others are the files that say nothing: the machine of one that has its name is not silent.
	others []string
}

// listen takes the files into what was heard before. Of several of one machine the newest by its own clock counts: engines bring
// them in any order, and bring old ones back.
func (l listening) listen(before []Peer, files []peerFile) []Peer {
	sort.SliceStable(files, func(i, j int) bool { return files[i].At.After(files[j].At) }) // not of package slices: those would add 30 KB
	var peers []Peer
	for _, f := range files {
		if !slices.ContainsFunc(peers, func(p Peer) bool { return p.Machine == f.Machine }) {
			peers = append(peers, l.hear(before, f))
		}
	}
	for _, p := range before {
		if !p.ThisMachine && !slices.ContainsFunc(files, func(f peerFile) bool { return f.Machine == p.Machine }) {
			p.Removed = p.Removed || l.all && !slices.ContainsFunc(l.others, func(path string) bool { return strings.HasSuffix(path, peerName(p.Machine)) })
			peers = append(peers, p)
		}
	}
	sort.SliceStable(peers, func(i, j int) bool {
		return peers[i].ThisMachine || !peers[j].ThisMachine && peers[i].Heard.After(peers[j].Heard)
	})
	peers = peers[:min(len(peers), maxPeers)]
	sort.SliceStable(peers, func(i, j int) bool { return peers[i].Machine < peers[j].Machine })
	for i := range peers {
		p := &peers[i]
		p.Heard, p.Since = earliest(p.Heard, l.now).Round(0).UTC(), earliest(p.Since, l.now).Round(0).UTC() // the clock was set back
		p.Alive = p.isAlive(l.now)
	}
	return peers
}

// hear returns a machine as its newest file has it, or as it is remembered where that is newer. Of our own the file counts,
// whatever it is.
func (l listening) hear(before []Peer, f peerFile) Peer {
	p := Peer{Announcement: f.Announcement, ThisMachine: f.Machine == l.own, Heard: earliest(f.changed, l.now)}
	if l.watched {
		p.Heard = l.now
	}
	p.Heard = p.Heard.Round(0).UTC()
	p.Since = p.Heard
	if p.Ask != (Ask{}) {
		p.Asked = p.Heard
	}
	i := slices.IndexFunc(before, func(old Peer) bool { return old.Machine == f.Machine })
	if i < 0 || p.ThisMachine {
		return p
	}
	old := before[i]
	if !f.At.After(old.At) && !old.At.After(l.now.Add(clockError)) {
		old.Removed = old.Removed && f.Announcement != old.Announcement
		return old
	}
	p.Updated = true
	if p.Daemon == old.Daemon {
		p.Since, p.Contesting = old.Since, old.Contesting
	}
	if p.isGoodbye(old) {
		p.Heard = old.Heard
	}
	if p.Ask == old.Ask {
		p.Asked = old.Asked
	}
	return p
}

// isGoodbye reports whether all that is new is that the Lockbar has ended: that is no sign of life of the daemon, which may end with it.
func (p Peer) isGoodbye(old Peer) bool {
	same := p.Announcement
	same.At, same.Watching = old.At, old.Watching
	return !p.Watching && same == old.Announcement
}

// isAlive reports whether the daemon of another machine counts as one that runs. Silence does not end what was known: an alarm lasts
// until the end of the daemon is told.
func (p Peer) isAlive(now time.Time) bool {
	if p.ThisMachine || p.Removed || p.Daemon == (DaemonID{}) {
		return false
	}
	return now.Sub(p.Heard).Abs() < AliveTime || p.Contesting
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
