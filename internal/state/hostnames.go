package state

import (
	"slices"

	"lockbar/lockcore"
)

const (
	// keptHostnames limits the names that are kept, the newest ones.
	keptHostnames = 32
	// maxHostname limits a name, in bytes: no system has a longer one, but --hostname may.
	maxHostname = 255
)

// AddName adds a name of this machine, if it is new: macOS changes the name with the network. That a lock has an earlier name proves
// nothing: Lockbar only mentions it.
func (s *Saved) AddName(name string) {
	if name == "" || len(name) > maxHostname || slices.ContainsFunc(s.Names, func(n string) bool { return lockcore.SameHost(n, name) }) {
		return
	}
	s.Names = append(s.Names, name)
	s.Names = s.Names[max(0, len(s.Names)-keptHostnames):]
}
