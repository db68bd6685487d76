package state

import "lockbar/lockcore"

// With lets tests note the holder of a store that they only name.
func (h Holders) With(store string, m lockcore.Memory) Holders { return h.with(store, m) }
