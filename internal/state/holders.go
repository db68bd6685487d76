package state

import (
	"maps"
	"time"

	"lockbar/lockcore"
)

// maxStartedAt limits the length of a lock's time, in bytes. A longer one is not kept, since it is not a valid time.
const maxStartedAt = 64

// Holders maps the identity or the path of a store to what is remembered of it, first of all the process here that holds or held it.
// Lockbar and its commands must know, even after a restart, that a local daemon still runs after another computer took over: the store may
// not show that. The tray app and lockbar watch write the holders; the other commands only read them. A map is never changed: With returns
// a new one if something differs.
type Holders map[string]holding

// holding is the part of a lockcore.Memory that is kept. If PID is 0, no process is known to hold the store. The rest is kept even then:
// the memory of other machines and of earlier locks, and the machine's start, by which a later process detects that the clock was set.
type holding struct {
	PID       int       `json:"pid"`
	StartID   uint64    `json:"start_id"`
	StartedAt string    `json:"started_at,omitempty"` // of its lock
	GoneSince time.Time `json:"gone_since,omitzero"`  // when the lock was first missing while a daemon runs, here or elsewhere
	Boot      time.Time `json:"boot"`
	BootID    string    `json:"boot_id,omitempty"`
	OwnLock   string    `json:"own_lock,omitempty"` // content of its lock, if that names this machine
	// The memory of other machines that share the store, and of locks whose holder was seen here.
	Peers  lockcore.Peers                      `json:"peers,omitzero"`
	Seen   [lockcore.MaxGone]lockcore.SeenLock `json:"seen,omitzero"`
	Shared bool                                `json:"shared,omitempty"`
}

// SetHolders sets these holders, and keeps those of other stores, which another process may watch. Of a store that was saved with another
// BootID, in an earlier boot, it keeps only the lasting part. Windows has no such id, so there everything is kept.
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
	// A store with a holder is kept rather than one without. Which PID is larger means nothing.
	s.Holders = bounded(h, others, func(k holding) int64 { return int64(k.memory().Holder.PID) })
}

// lasting returns the part that is still valid after a restart of the machine.
func (k holding) lasting() holding { return holding{Peers: k.Peers, Seen: k.Seen, Shared: k.Shared} }

// withStore returns the holders with the memory of a store, which is named by its identity or its path. It ignores a memory without a boot
// time.
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

// With returns the holders with the memory of a store under two keys: its identity, which its other paths share, and its path, which may
// lead to another directory later. A daemon that was seen to hold the first directory may still run then.
func (h Holders) With(s *lockcore.Store, m lockcore.Memory) Holders {
	return h.withStore(s.Identity(), m).withStore(s.Dir(), m)
}

// Equal reports whether h and o have the same content.
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

// Memory returns the part of the memory of a store that is still valid (lockcore.Memory.Revive).
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
