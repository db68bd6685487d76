package report

import (
	"time"

	"lockbar/lockcore"
)

// Hosts is the JSON of the last announcements of the machines that share a store. hosts is null if the announcements could not be read.
type Hosts struct {
	Store     string `json:"store"`
	Hosts     []host `json:"hosts"`
	CheckedAt string `json:"checked_at"`
}

// host is the announcement of one machine. host, lockbar and started_at are text from that machine.
type host struct {
	Machine  string             `json:"machine"`
	Host     string             `json:"host"`
	Version  string             `json:"lockbar"`
	At       string             `json:"at"`    // by its own clock
	Heard    string             `json:"heard"` // by our clock
	Watching bool               `json:"watching"`
	Daemon   *lockcore.DaemonID `json:"daemon"`
	Alive    bool               `json:"alive"`
	Own      bool               `json:"this_machine"`
	Silent   bool               `json:"silent"` // its file is gone
	Gone     []lockcore.Token   `json:"gone"`
	Ask      *lockcore.Ask      `json:"ask"` // its request to another machine; null for none
}

// NewHosts returns the Hosts of a look at the given time. known is false if the files could not be read.
func NewHosts(store string, peers lockcore.Peers, known bool, at time.Time) *Hosts {
	h := &Hosts{Store: store, CheckedAt: stamp(at)}
	if known {
		h.Hosts = newHosts(peers)
	}
	return h
}

// SetHosts adds the announcements of the machines, for the output of a command, and returns s. The history does not keep them.
func (s *Status) SetHosts(peers lockcore.Peers) *Status {
	s.Hosts = newHosts(peers)
	return s
}

func newHosts(peers lockcore.Peers) []host {
	list := peers.List()
	hosts := make([]host, len(list))
	for i := range list {
		p, h := &list[i], &hosts[i]
		h.Machine, h.Host, h.Version, h.At, h.Heard = p.Machine, p.Host, p.Version, stamp(p.At), stamp(p.Heard)
		h.Watching, h.Alive, h.Own, h.Silent = p.Watching, p.Alive, p.ThisMachine, p.Removed
		if p.Daemon.PID != 0 {
			h.Daemon = &p.Daemon
		}
		if p.Ask.Machine != "" {
			h.Ask = &p.Ask
		}
		n := 0
		for n < len(p.Gone) && p.Gone[n] != "" { // the tokens come first
			n++
		}
		h.Gone = p.Gone[:n]
	}
	return hosts
}
