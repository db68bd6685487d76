package lockcore

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"lockbar/internal/machine"
)

// Peer is the last known state of a machine. Its JSON is saved, and read by later versions of Lockbar.
type Peer struct {
	Announcement
	ThisMachine bool      `json:"Own"`
	Heard       time.Time // when its file last changed here, by our clock; news only of its Lockbar's end does not count
	Since       time.Time // when its daemon was first reported
	Alive       bool      // whether its daemon counts as running
	// Updated reports that its file has changed since it was first read. If not, the file may be old, in a store that was copied.
	Updated bool `json:"Told"`
	// Removed reports that the file is gone, so that its content does not count. The machine is kept, since an older file may reappear.
	Removed bool `json:"Silent"`
	// Asked is when its current request arrived here, by our clock; zero if it has none.
	Asked time.Time
	// Contesting reports that the daemon was known to run beside another one. Such a daemon counts until its end is known.
	Contesting bool `json:"Rival"`
}

// Peers is a list of machines, sorted by id, in a form that == compares.
type Peers struct{ encoded string }

// NewPeers returns the comparable form of a list.
func NewPeers(list []Peer) Peers { return Peers{encodeList(list)} }

// List returns the machines; nil if there are none.
func (p Peers) List() []Peer { return decodeList[Peer](p.encoded) }

// Own returns the content of this machine's file.
func (p Peers) Own() (Announcement, bool) {
	list := p.List()
	i := slices.IndexFunc(list, func(p Peer) bool { return p.ThisMachine })
	if i < 0 {
		return Announcement{}, false
	}
	return list[i].Announcement, true
}

// hasOthers reports whether another machine is in the list.
func (p Peers) hasOthers() bool { return p.any(func(p Peer) bool { return !p.ThisMachine }) }

func (p Peers) anyAlive() bool { return p.any(func(p Peer) bool { return p.Alive }) }

func (p Peers) any(is func(Peer) bool) bool { return slices.ContainsFunc(p.List(), is) }

// MarshalJSON returns the list as JSON.
func (p Peers) MarshalJSON() ([]byte, error) { return []byte(cmp.Or(p.encoded, "null")), nil }

// UnmarshalJSON reads the result of MarshalJSON. It drops a machine whose id is not valid.
func (p *Peers) UnmarshalJSON(data []byte) error {
	var list []Peer
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p Peer) bool { return !machine.Valid(p.Machine) })
	*p = NewPeers(list[:min(len(list), maxPeers)])
	return nil
}

// Elsewhere lists the machines whose daemon counts as running, each daemon once: the machine that runs a container reports the same daemon
// as the container. A daemon in a container here that holds the lock is left out. A Lockbar that has ended cannot report the end of its
// daemon: such a daemon counts only if the lock is the one that it took, or if it was known to run beside another one.
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

// Witness returns the machine whose report decided the state of the lock: it reports that the holder is gone, or that its own
// daemon took the lock. It is zero if there is none.
func (s Snapshot) Witness() (witness Peer) {
	for _, p := range s.Peers.List() {
		switch {
		case p.ThisMachine || p.Removed:
		case p.Daemon.took(s.Record):
			return p // then no report that the holder is gone counts: see isWitnessed
		case witness == Peer{} && p.reportsGone(s.Token):
			witness = p
		}
	}
	return witness
}
