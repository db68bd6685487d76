package state

import (
	"slices"

	"lockbar/lockcore"
)

const (
	// keptHostnames is how many are kept: a laptop that has seen more networks than that is told apart by other means.
	keptHostnames = 32
	// maxHostname is the longest name that is kept, in bytes: no system has a longer one, but --hostname may.
	maxHostname = 255
)

// AddName notes what this machine is called, if that is not known yet: macOS changes its name with the network. That a lock bears an
// earlier one proves nothing and only adds a sentence.
func (s *Saved) AddName(name string) {
	if name == "" || len(name) > maxHostname || slices.ContainsFunc(s.Names, func(n string) bool { return lockcore.SameHost(n, name) }) {
		return
	}
	s.Names = append(s.Names, name)
	s.Names = s.Names[max(0, len(s.Names)-keptHostnames):]
}
