package state

import (
	"maps"
	"time"

	"lockbar/lockcore"
)

// maxStartedAt is the longest time of a lock that is kept, in bytes: a longer one is none.
const maxStartedAt = 64

// Holders are, by the identity or the path of a store, what is known of a process here that holds the store or held it. The one
// who knew that a local daemon still runs after another computer took over must not forget it with a restart, and the commands
// must know it too: no file in the store need say so. The tray app and lockbar watch write it; all others only read. A map is
// never changed.
type Holders map[string]holding

// holding is as much of a lockcore.Memory as is worth keeping. One with a PID of 0 keeps when the machine started, by which
// a later process knows that the clock was set, and what is known of other machines.
type holding struct {
	PID       int       `json:"pid"`
	StartID   uint64    `json:"start_id"`
	StartedAt string    `json:"started_at,omitempty"` // of its lock
	GoneSince time.Time `json:"gone_since,omitzero"`  // the lock, while it runs
	Boot      time.Time `json:"boot"`
	BootID    string    `json:"boot_id,omitempty"`
	OwnLock   string    `json:"own_lock,omitempty"` // its content
	// What is known of other machines that share the store, and of the locks whose holder was seen here.
	Peers  lockcore.Peers                      `json:"peers,omitzero"`
	Seen   [lockcore.MaxGone]lockcore.SeenLock `json:"seen,omitzero"`
	Shared bool                                `json:"shared,omitempty"`
}

// Hold notes these holders, and leaves those of other stores: another process may watch them. What is of another run of the machine
// goes.
func (s *Saved) Hold(h Holders) {
	others := maps.Clone(s.Holders)
	for _, k := range h {
		for store, other := range others {
			if other.BootID == k.BootID {
				continue
			}
			if others[store] = other.lasting(); others[store] == (holding{}) {
				delete(others, store)
			}
		}
	}
	s.Holders = bounded(h, others, func(k holding) int64 { return int64(k.memory().Holder.PID) })
}

// lasting returns what outlives a restart of the machine.
func (k holding) lasting() holding { return holding{Peers: k.Peers, Seen: k.Seen, Shared: k.Shared} }

// with returns the holders with what is now remembered of the store of that identity.
func (h Holders) with(store string, m lockcore.Memory) Holders {
	if m.Boot.IsZero() {
		return h
	}
	if len(m.StartedAt) > maxStartedAt {
		m.StartedAt = ""
	}
	return with(h, store, holding{m.Holder.PID, m.Holder.StartID, m.StartedAt, m.GoneSince.Round(0).UTC(), m.Boot.Round(0).UTC(), m.BootID,
		m.OwnLock, m.Peers, m.HeldLocks, m.Shared})
}

// Seen returns the holders with what is now remembered of a store: by its identity, for whoever comes by another path, and by its
// path, for whoever asks when that leads to another directory. A daemon that was seen to hold the first one may still run.
func (h Holders) Seen(s *lockcore.Store, m lockcore.Memory) Holders {
	return h.with(s.Identity(), m).with(s.Dir(), m)
}

// Equal reports whether nothing has changed.
func (h Holders) Equal(o Holders) bool { return maps.Equal(h, o) }

// Of returns what is known of these stores alone.
func (h Holders) Of(stores []*lockcore.Store) Holders { return of(h, stores) }

// Memories lists what still holds of what is known of stores.
func (h Holders) Memories(stores []*lockcore.Store) []lockcore.Memory {
	list := make([]lockcore.Memory, len(stores))
	for i, s := range stores {
		list[i] = h.Memory(s)
	}
	return list
}

// Memory is what still holds of what is known of a store.
func (h Holders) Memory(s *lockcore.Store) lockcore.Memory {
	k, known := find(h, s)
	if !known {
		return lockcore.Memory{}
	}
	return k.memory()
}

func (k holding) memory() lockcore.Memory {
	holder := lockcore.Process{PID: k.PID, StartID: k.StartID}
	return lockcore.Memory{Holder: holder, StartedAt: k.StartedAt, GoneSince: k.GoneSince, Boot: k.Boot, BootID: k.BootID,
		OwnLock: k.OwnLock, Peers: k.Peers, HeldLocks: k.Seen, Shared: k.Shared}.Revive()
}
