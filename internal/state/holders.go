package state

import (
	"maps"
	"time"

	"lockbar/lockcore"
)

// maxStartedAt limits the time of a lock, in bytes: a longer one is not kept, since it is no valid time.
const maxStartedAt = 64

// Holders maps the identity or the path of a store to the process here that holds or held it. Lockbar must remember across restarts that
// a local daemon still runs after another computer took over, and the commands must know it too, since the store may not show it.
// The tray app and lockbar watch write it; all others only read. A map is never changed.
type Holders map[string]holding

// holding is the part of a lockcore.Memory that is kept. With a PID of 0 it keeps only the machine's start, by which a later process
// detects that the clock was set, and the memory of other machines.
type holding struct {
	PID       int       `json:"pid"`
	StartID   uint64    `json:"start_id"`
	StartedAt string    `json:"started_at,omitempty"` // of its lock
	GoneSince time.Time `json:"gone_since,omitzero"`  // since when the lock is gone while the process runs
	Boot      time.Time `json:"boot"`
	BootID    string    `json:"boot_id,omitempty"`
	OwnLock   string    `json:"own_lock,omitempty"` // its content
	// The memory of other machines that share the store, and of the locks whose holder was seen here.
	Peers  lockcore.Peers                      `json:"peers,omitzero"`
	Seen   [lockcore.MaxGone]lockcore.SeenLock `json:"seen,omitzero"`
	Shared bool                                `json:"shared,omitempty"`
}

// SetHolders sets these holders. It keeps those of other stores, which another process may watch, but only their lasting part if they are
// of another boot of the machine.
func (s *Saved) SetHolders(h Holders) {
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

// lasting returns the part that outlives a restart of the machine.
func (k holding) lasting() holding { return holding{Peers: k.Peers, Seen: k.Seen, Shared: k.Shared} }

// withStore returns the holders with the memory of the store of that identity or path.
func (h Holders) withStore(store string, m lockcore.Memory) Holders {
	if m.Boot.IsZero() {
		return h
	}
	if len(m.StartedAt) > maxStartedAt {
		m.StartedAt = ""
	}
	return with(h, store, holding{m.Holder.PID, m.Holder.StartID, m.StartedAt, m.GoneSince.Round(0).UTC(), m.Boot.Round(0).UTC(), m.BootID,
		m.OwnLock, m.Peers, m.HeldLocks, m.Shared})
}

// With returns the holders with the memory of a store: by its identity, so that it is found by another path, and by its path, so that it
// is found when that leads to another directory. A daemon that was seen to hold the first directory may still run.
func (h Holders) With(s *lockcore.Store, m lockcore.Memory) Holders {
	return h.withStore(s.Identity(), m).withStore(s.Dir(), m)
}

// Equal reports whether both have the same content.
func (h Holders) Equal(o Holders) bool { return maps.Equal(h, o) }

// Of returns the holders of these stores only.
func (h Holders) Of(stores []*lockcore.Store) Holders { return of(h, stores) }

// Memories returns the Memory of each store.
func (h Holders) Memories(stores []*lockcore.Store) []lockcore.Memory {
	list := make([]lockcore.Memory, len(stores))
	for i, s := range stores {
		list[i] = h.Memory(s)
	}
	return list
}

// Memory returns what is still valid of the memory of a store.
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
