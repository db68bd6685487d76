package journal

import "lockbar/lockcore"

// Stores are the identities of stores by their paths, each found out once.
type Stores map[string]string

// Identity is that of the store which a path leads to now; what is no path of a store is called what it is.
func (s Stores) Identity(path string) string {
	id, known := s[path]
	if !known {
		id = path
		if store, err := lockcore.Open(path, lockcore.Options{}); err == nil {
			id = store.Identity()
		}
		s[path] = id
	}
	return id
}
