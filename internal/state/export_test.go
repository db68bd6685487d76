package state

import "lockbar/lockcore"

// WithStore exports withStore for tests that only name a store.
func (h Holders) WithStore(store string, m lockcore.Memory) Holders { return h.withStore(store, m) }
