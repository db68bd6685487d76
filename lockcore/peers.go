package lockcore

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// Peer is what was last heard of a machine. Its JSON is kept by one version of Lockbar for the next.
type Peer struct {
	Announcement
	ThisMachine bool      `json:"Own"` // it is this machine
	Heard       time.Time // when that file came or changed here, by our clock
	Since       time.Time // when its daemon was first heard of
	Alive       bool      // its daemon counts as one that runs
	// Updated reports that it has said something else since it was heard first: a store that was copied brings old words.
	Updated bool `json:"Told"`
	// Removed reports that the file is gone, so that nothing in it is believed. It is kept, since an older one may come again.
	Removed bool `json:"Silent"`
	// Asked is when its request was heard first; zero where it asks nothing.
	Asked time.Time
	// Contesting reports that the daemon was known to run beside another one. It then counts until its end is known.
	Contesting bool `json:"Rival"`
}

// Peers is a list of machines, sorted by id, in a form that == compares.
type Peers struct{ encoded string }

// NewPeers makes the comparable form of a list.
func NewPeers(list []Peer) Peers { return Peers{encodeList(list)} }

// List gives the machines back; nil where there is none.
func (p Peers) List() []Peer { return decodeList[Peer](p.encoded) }

// Own returns what the file of this machine says.
func (p Peers) Own() (Announcement, bool) {
	list := p.List()
	i := slices.IndexFunc(list, func(p Peer) bool { return p.ThisMachine })
	if i < 0 {
		return Announcement{}, false
	}
	return list[i].Announcement, true
}

// hasOthers reports whether another machine is among them.
func (p Peers) hasOthers() bool { return p.any(func(p Peer) bool { return !p.ThisMachine }) }

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

// Elsewhere lists the machines whose daemon counts as one that runs, each daemon once: the machine that a container runs on speaks of the
// same daemon as the container. One that holds the lock here is not another one. A Lockbar that has ended does not tell the end of its
// daemon: then that counts only as long as its lock is there, or if it was known to run beside another one.
func (s Snapshot) Elsewhere() (alive []Peer) {
	for _, p := range s.Peers.List() {
		took := p.Daemon.took(s.Record)
		known := slices.ContainsFunc(alive, func(o Peer) bool { return o.Daemon == p.Daemon })
		if p.Alive && !known && (p.Watching || p.Contesting || took) && !(s.holderInContainer && took) {
			alive = append(alive, p)
		}
	}
	return alive
}

// Witness returns the machine whose word the judgement of the lock rests on: the one that says that its holder is gone, or that its
// daemon took it. It is zero where there is none.
func (s Snapshot) Witness() Peer {
	for _, p := range s.Peers.List() {
		if !p.ThisMachine && !p.Removed && (p.reportsGone(s.Token) || p.Daemon.took(s.Record)) {
			return p
		}
	}
	return Peer{}
}
