package state

import (
	"encoding/json"
	"maps"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
)

// Looks are, by the identity of a store, what the tray app saw of it last. A map is never changed.
type Looks map[string]look

// look is the last one that was worth an event.
type look struct {
	Look *report.Status  `json:"look,omitempty"`
	Lock lockcore.Record `json:"lock,omitzero"` // the last lock, kept while the store cannot be read
}

// With returns the looks with this one at the store of that identity, bounded, whatever a store holds.
func (l Looks) With(store string, s lockcore.Snapshot, lastLock lockcore.Record, at time.Time) Looks {
	return with(l, store, look{report.NewStatus(report.Bounded(s), at), report.Bounded(lockcore.Snapshot{Record: lastLock}).Record})
}

// At is when it was; zero for never, and where a hand has been at it.
func (l look) At() time.Time {
	if l.Look == nil {
		return time.Time{}
	}
	at, _ := time.Parse(time.RFC3339, l.Look.CheckedAt)
	return at
}

// Of returns the looks at these stores alone, by their identities.
func (l Looks) Of(stores []*lockcore.Store) Looks { return of(l, stores) }

// eachLook decodes them, without the stores of which none is kept.
func eachLook(raw map[string]json.RawMessage) (Looks, error) {
	looks, err := each[look](raw)
	maps.DeleteFunc(looks, func(_ string, l look) bool { return l.Look == nil })
	return looks, err
}

// Note keeps the newest looks of a process at its stores, and those at others: somebody may watch them again.
func (s *Saved) Note(looks Looks) {
	s.Looks = bounded(looks, s.Looks, func(l look) int64 { return l.At().Unix() })
}
