package state

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/machine"
	"lockbar/internal/testfs"
)

func TestAddName(t *testing.T) {
	var s Saved
	for _, name := range []string{"mac.local", "MAC.local.", "mac.lan", "mac.local", ""} {
		s.AddName(name)
	}
	if !slices.Equal(s.Names, []string{"mac.local", "mac.lan"}) {
		t.Errorf("%q", s.Names)
	}
	for i := range keptHostnames {
		s.AddName(fmt.Sprint("n", i))
	}
	s.AddName(strings.Repeat("x", 100<<10))
	if len(s.Names) != keptHostnames || s.Names[0] != "n0" {
		t.Errorf("%d names from %q on", len(s.Names), s.Names[0])
	}
}

// TestOnlyNamesOfThisMachine checks that names of another machine, in a directory that was copied, are ignored.
func TestOnlyNamesOfThisMachine(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(machine.Variable, "a")
	testfs.Check(t, Update(dir, func(s *Saved) { s.AddName("mac-a") }))
	t.Setenv(machine.Variable, "b")
	if s, err := Read(dir); s.Names != nil || err != nil {
		t.Errorf("of another machine: %q, %v", s.Names, err)
	}
}
