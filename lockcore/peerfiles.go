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
	// AliveTime limits how long a machine's report of a running daemon counts after its file has changed here. The machine repeats the
	// report every HeartbeatTime while two daemons run.
	AliveTime = 10 * time.Minute
	// HeartbeatTime is the interval at which a machine repeats its report while its own daemon and another one are known to run.
	HeartbeatTime = 5 * time.Minute
	// peerMissingAfter is how long a daemon on another machine must be reported without a lock in the store before its lock counts as
	// missing: the machine's file and its lock, or the end of both, arrive in any order.
	peerMissingAfter = 2 * MissingAfter
	// recentLook limits the age of the previous look. If it is older, a change since then may have happened long ago.
	recentLook = 2 * MissingAfter
	// clockError bounds how far another machine's clock may be ahead. A report from a clock further ahead counts only until the machine
	// writes anything else, even with an earlier time.
	clockError = time.Hour
	// maxPeers bounds the machines that are kept: those heard of last.
	maxPeers = 32
	// maxPeerFiles bounds the files that are read: the newest. maxPeerNames bounds the names that are considered.
	maxPeerFiles = 128
	maxPeerNames = 1000
)

// ConcernsPeers reports whether a change of the file with this name in PeersName can change a Snapshot.
func ConcernsPeers(name string) bool {
	file, _ := placeheld([]byte(name))
	return mayBePeer(file)
}

// A peerFile is a machine's file that was read.
type peerFile struct {
	Announcement
	changed time.Time // ctime
}

// readPeerFiles reads the files of the machines. others lists the paths of files that are not a valid announcement of the machine that
// their names give, since one may be a machine's file in transit, or one that iCloud has removed from this disk. all is false if there may
// be more files.
func readPeerFiles(store string) (files []peerFile, others []string, all bool) {
	dir := filepath.Join(store, PeersName)
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil, nil, fsx.IsAbsent(err)
	}
	list, names := fileList{most: maxPeerFiles, largest: maxPeerSize}, 0
	_, err := fsx.EachName(dir, func(listed []byte) {
		name, evicted := placeheld(listed)
		if !mayBePeer(name) {
			return
		}
		if names++; names <= maxPeerNames && (evicted || !list.add(dir, string(name))) {
			others = append(others, filepath.Join(dir, string(name)))
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

// A peerUpdate holds what its method apply needs besides the files and the machines known before.
type peerUpdate struct {
	own string    // id of this machine
	now time.Time // time of the look
	// watched reports that the previous look was recent, so that a change since then has just happened.
	watched bool
	// all reports that every file was read, so that a machine without a file has removed it.
	all bool
	// others lists the files that are not valid. A machine whose peerName one of them has did not remove its file.
	others []string
}

// apply returns the machines as the files describe them. If one machine has several files, the newest by that machine's clock counts:
// sync engines deliver files in any order, and restore old ones.
func (u peerUpdate) apply(before []Peer, files []peerFile) []Peer {
	sort.SliceStable(files, func(i, j int) bool { return files[i].At.After(files[j].At) }) // not package slices, which would add 30 KB
	var peers []Peer
	for _, f := range files {
		if !slices.ContainsFunc(peers, func(p Peer) bool { return p.Machine == f.Machine }) {
			peers = append(peers, u.update(before, f))
		}
	}
	for _, p := range before {
		if !p.ThisMachine && !slices.ContainsFunc(files, func(f peerFile) bool { return f.Machine == p.Machine }) {
			p.Removed = p.Removed || u.all && !slices.ContainsFunc(u.others, func(path string) bool { return strings.HasSuffix(path, peerName(p.Machine)) })
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
		p.Heard, p.Since = earliest(p.Heard, u.now).Round(0).UTC(), earliest(p.Since, u.now).Round(0).UTC() // later only if the clock was set back
		p.Alive = p.isAlive(u.now)
	}
	return peers
}

// update returns a machine as its newest file describes it, or as before if that is newer. For this machine the file always counts.
func (u peerUpdate) update(before []Peer, f peerFile) Peer {
	p := Peer{Announcement: f.Announcement, ThisMachine: f.Machine == u.own, Heard: earliest(f.changed, u.now)}
	if u.watched {
		p.Heard = u.now
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
	if !f.At.After(old.At) && !old.At.After(u.now.Add(clockError)) {
		old.Removed = old.Removed && f.Announcement != old.Announcement
		return old
	}
	p.Updated = true
	if p.Daemon == old.Daemon {
		p.Since, p.Contesting = old.Since, old.Contesting
	}
	if p.onlyStoppedWatching(old) {
		p.Heard = old.Heard
	}
	if p.Ask == old.Ask {
		p.Asked = old.Asked
	}
	return p
}

// onlyStoppedWatching reports whether the only news is that the machine's Lockbar has ended. Such a report is no sign of life of the
// daemon, which may have ended at the same time.
func (p Peer) onlyStoppedWatching(old Peer) bool {
	same := p.Announcement
	same.At, same.Watching = old.At, old.Watching
	return !p.Watching && same == old.Announcement
}

// isAlive reports whether the daemon of another machine counts as running. Silence does not end an alarm: a contesting daemon
// counts until its end is reported.
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
