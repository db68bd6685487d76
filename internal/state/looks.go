package state

import (
	"maps"
	"slices"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
)

// Looks are, by the identity of a store, what the tray app saw of it last.
type Looks map[string]Seen

// Seen is the last look that was worth an event.
type Seen struct {
	Look *report.Status  `json:"look,omitempty"`
	Lock lockcore.Record `json:"lock,omitzero"` // the last lock, kept while the store cannot be read
}

// maxOthers is how many stores are kept that nobody watches now: somebody may watch them again.
const maxOthers = 16

// See returns what is kept of a look, whatever a store holds.
func See(s lockcore.Snapshot, lastLock lockcore.Record, at time.Time) Seen {
	return Seen{report.NewStatus(report.Bounded(s), at), report.Bounded(lockcore.Snapshot{Record: lastLock}).Record}
}

// At is when it was; zero for never, and where a hand has been at it.
func (s Seen) At() time.Time {
	if s.Look == nil {
		return time.Time{}
	}
	at, _ := time.Parse(time.RFC3339, s.Look.CheckedAt)
	return at
}

// Of finds a store by its identity, or by its path.
func (l Looks) Of(s *lockcore.Store) Seen {
	if len(l) == 0 {
		return Seen{} // to know an identity costs more than to know nothing
	}
	if seen, known := l[s.Identity()]; known {
		return seen
	}
	return l[s.Dir()]
}

// with adds the newest looks of others, and of those the newest maxOthers.
func (l Looks) with(others Looks) Looks {
	more := slices.DeleteFunc(slices.Collect(maps.Keys(others)), func(store string) bool { _, ours := l[store]; return ours })
	slices.SortFunc(more, func(a, b string) int { return others[b].At().Compare(others[a].At()) })
	next := maps.Clone(l)
	if next == nil {
		next = Looks{}
	}
	for _, store := range more[:min(len(more), maxOthers)] {
		next[store] = others[store]
	}
	return next
}

// known leaves out the stores of which no look is kept.
func known(l Looks) Looks {
	maps.DeleteFunc(l, func(_ string, s Seen) bool { return s.Look == nil })
	return l
}

// See notes the newest looks of a process at its stores.
func (s *Saved) See(looks Looks) { s.Looks = looks.with(s.Looks) }
