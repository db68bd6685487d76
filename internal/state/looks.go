package state

import (
	"encoding/json"
	"maps"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
)

// Looks maps the identity of a store to the look at it that the tray app keeps. A map is never changed.
type Looks map[string]look

// look is the last look at a store that made an event or, before any event, the first look.
type look struct {
	Look *report.Status  `json:"look,omitempty"`
	Lock lockcore.Record `json:"lock,omitzero"` // the last lock seen, kept until the store is seen unlocked
}

// With returns the looks with a look at the store of that identity. It bounds the size of the look, whatever the store holds.
func (l Looks) With(store string, s lockcore.Snapshot, lastLock lockcore.Record, at time.Time) Looks {
	return with(l, store, look{report.NewStatus(report.Bounded(s), at), report.Bounded(lockcore.Snapshot{Record: lastLock}).Record})
}

// At returns the time of the look; zero if there is none, or if its time was edited by hand and is invalid.
func (l look) At() time.Time {
	if l.Look == nil {
		return time.Time{}
	}
	at, _ := time.Parse(time.RFC3339, l.Look.CheckedAt)
	return at
}

// Of returns the looks at these stores only, with their identities as keys.
func (l Looks) Of(stores []*lockcore.Store) Looks { return of(l, stores) }

// eachLook decodes looks, and drops stores without one.
func eachLook(raw map[string]json.RawMessage) (Looks, error) {
	looks, err := each[look](raw)
	maps.DeleteFunc(looks, func(_ string, l look) bool { return l.Look == nil })
	return looks, err
}

// SetLooks sets the newest looks of a process at its stores. It keeps the looks at other stores, which may be watched again.
func (s *Saved) SetLooks(looks Looks) {
	s.Looks = bounded(looks, s.Looks, func(l look) int64 { return l.At().Unix() })
}
