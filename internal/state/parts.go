package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"lockbar/internal/machine"
)

// part is a value that is decoded by itself: one that is not understood is zero, and costs no other one.
type part[T any] struct {
	value T
	bad   error
}

// UnmarshalJSON keeps the error.
func (p *part[T]) UnmarshalJSON(data []byte) error {
	var value T
	if p.bad = json.Unmarshal(data, &value); p.bad == nil {
		p.value = value
	}
	return nil
}

// parts are those of a map.
type parts[T any] = part[map[string]part[T]]

// understood returns the values that are, and what is wrong with the others.
func understood[T any](p parts[T]) (values map[string]T, bad error) {
	bad = p.bad
	for _, name := range slices.Sorted(maps.Keys(p.value)) {
		one := p.value[name]
		if one.bad != nil {
			bad = errors.Join(bad, fmt.Errorf("%q: %w", name, one.bad))
			continue
		}
		if values == nil {
			values = map[string]T{}
		}
		values[name] = one.value
	}
	return values, bad
}

// savedFile is how a Saved is read.
type savedFile struct {
	Schema  int             `json:"schema"`
	Machine part[string]    `json:"machine"`
	Names   part[[]string]  `json:"names"`
	Holders parts[holding]  `json:"holders"`
	Looks   parts[look]     `json:"looks"`
	Told    json.RawMessage `json:"told"`
}

// saved returns what is understood.
func (f savedFile) saved() (Saved, error) {
	holders, badHolders := understood(f.Holders)
	looks, badLooks := understood(f.Looks)
	s := Saved{f.Schema, f.Machine.value, f.Names.value, holders, known(looks), f.Told}
	if s.Machine != machine.ID() { // in a directory that was copied
		s.Names = nil
	}
	return s, errors.Join(f.Machine.bad, f.Names.bad, badHolders, badLooks)
}
