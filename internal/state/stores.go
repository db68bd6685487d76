package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"

	"lockbar/lockcore"
)

// find returns what is kept of a store by its identity, or by its path.
func find[V any](kept map[string]V, s *lockcore.Store) (v V, known bool) {
	if len(kept) == 0 {
		return v, false // to know an identity costs more than to know nothing
	}
	if v, known = kept[s.Identity()]; !known {
		v, known = kept[s.Dir()]
	}
	return v, known
}

// of returns what is kept of these stores alone, by their identities.
func of[V comparable](kept map[string]V, stores []*lockcore.Store) (these map[string]V) {
	for _, s := range stores {
		if v, known := find(kept, s); known {
			these = with(these, s.Identity(), v)
		}
	}
	return these
}

// with returns a copy with one value more; kept itself where it has that.
func with[V comparable](kept map[string]V, store string, v V) map[string]V {
	if old, known := kept[store]; known && old == v {
		return kept
	}
	next := make(map[string]V, len(kept)+1)
	maps.Copy(next, kept)
	next[store] = v
	return next
}

// maxStores is how many are kept: those that were tried once must not pile up.
const maxStores = 64

// bounded returns what is kept of ours, and of as many others as there is room for, first those of the most worth.
func bounded[V any](ours, others map[string]V, worth func(V) int64) map[string]V {
	all := make(map[string]V, len(ours)+len(others))
	maps.Copy(all, others)
	maps.Copy(all, ours)
	if len(all) <= maxStores {
		return all
	}
	more := slices.DeleteFunc(slices.Sorted(maps.Keys(others)), func(store string) bool { _, is := ours[store]; return is })
	sort.Sort(byWorth{more, func(store string) int64 { return worth(others[store]) }})
	for _, store := range more[:min(len(more), len(all)-maxStores)] {
		delete(all, store)
	}
	return all
}

// byWorth sorts stores without slices.SortFunc, whose copy would take 4 KB of the program; of equals the first by name comes first.
type byWorth struct {
	stores []string
	worth  func(store string) int64
}

func (l byWorth) Len() int      { return len(l.stores) }
func (l byWorth) Swap(i, j int) { l.stores[i], l.stores[j] = l.stores[j], l.stores[i] }

func (l byWorth) Less(i, j int) bool {
	a, b := l.worth(l.stores[i]), l.worth(l.stores[j])
	return a < b || a == b && l.stores[i] < l.stores[j]
}

// each decodes values one by one: one that is not understood costs no other.
func each[V comparable](raw map[string]json.RawMessage) (values map[string]V, bad error) {
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		var v V
		if err := json.Unmarshal(raw[name], &v); err != nil {
			bad = errors.Join(bad, fmt.Errorf("%q: %w", name, err))
			continue
		}
		values = with(values, name, v)
	}
	return values, bad
}
