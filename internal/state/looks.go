package state

import (
	"encoding/json"
	"maps"
	"slices"
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

// maxOthers is how many stores are kept that nobody watches now: somebody may watch them again.
const maxOthers = 16

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

// and adds the newest looks of others, and of those the newest maxOthers.
func (l Looks) and(others Looks) Looks {
	more := slices.DeleteFunc(slices.Collect(maps.Keys(others)), func(store string) bool { _, ours := l[store]; return ours })
	slices.SortFunc(more, func(a, b string) int { return others[b].At().Compare(others[a].At()) })
	for _, store := range more[:min(len(more), maxOthers)] {
		l = with(l, store, others[store])
	}
	return l
}

// eachLook decodes them, without the stores of which none is kept.
func eachLook(raw map[string]json.RawMessage) (Looks, error) {
	looks, err := each[look](raw)
	maps.DeleteFunc(looks, func(_ string, l look) bool { return l.Look == nil })
	return looks, err
}

// Note keeps the newest looks of a process at its stores.
func (s *Saved) Note(looks Looks) { s.Looks = looks.and(s.Looks) }
