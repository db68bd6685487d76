package state

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"lockbar/lockcore"
)

// find returns the value whose key is the identity of a store, or else its path.
func find[V any](kept map[string]V, s *lockcore.Store) (v V, known bool) {
	if len(kept) == 0 {
		return v, false // the first call of Identity may take long
	}
	if v, known = kept[s.Identity()]; !known {
		v, known = kept[s.Dir()]
	}
	return v, known
}

// of returns the values of these stores only, with their identities as keys.
func of[V comparable](kept map[string]V, stores []*lockcore.Store) (these map[string]V) {
	for _, s := range stores {
		if v, known := find(kept, s); known {
			these = with(these, s.Identity(), v)
		}
	}
	return these
}

// with returns a copy of kept with v for the store, or kept itself if it has that value.
func with[V comparable](kept map[string]V, store string, v V) map[string]V {
	if old, known := kept[store]; known && old == v {
		return kept
	}
	next := make(map[string]V, len(kept)+1)
	maps.Copy(next, kept)
	next[store] = v
	return next
}

// maxStores limits the keys that are kept: stores that were tried once must not pile up. In Holders a store may have two keys.
const maxStores = 64

// bounded returns all of ours, and as many of the others as maxStores allows, those of the highest worth.
func bounded[V any](ours, others map[string]V, worth func(V) int64) map[string]V {
	all := make(map[string]V, len(ours)+len(others))
	maps.Copy(all, others)
	maps.Copy(all, ours)
	if len(all) <= maxStores {
		return all
	}
	more := slices.DeleteFunc(slices.Sorted(maps.Keys(others)), func(store string) bool { _, is := ours[store]; return is })
	slices.SortStableFunc(more, func(a, b string) int { return cmp.Compare(worth(others[a]), worth(others[b])) })
	for _, store := range more[:min(len(more), len(all)-maxStores)] {
		delete(all, store)
	}
	return all
}

// each decodes values one by one, so that an invalid one does not spoil the others.
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
