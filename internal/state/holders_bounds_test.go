package state_test

import (
	"fmt"
	"strings"
	"testing"

	"lockbar/internal/state"
	"lockbar/lockcore"
)

// TestStoresDoNotPileUp checks that the written store and the held ones stay.
func TestStoresDoNotPileUp(t *testing.T) {
	dir, m := t.TempDir(), ours()
	all := state.Holders{}
	for i := range 100 {
		all = all.WithStore(fmt.Sprintf("/tried/%03d", i), lockcore.Memory{Boot: m.Boot, BootID: m.BootID})
	}
	if err := put(dir, all.WithStore("/held", m)); err != nil {
		t.Fatal(err)
	}
	if err := put(dir, state.Holders{}.WithStore(store, m)); err != nil {
		t.Fatal(err)
	}
	read, err := held(dir)
	_, ours := read[store]
	_, kept := read["/held"]
	if err != nil || len(read) != 64 || !ours || !kept {
		t.Errorf("%d stores, %v, ours %t, the held one %t", len(read), err, ours, kept)
	}
}

func TestLongTimeOfALock(t *testing.T) {
	m := ours()
	m.StartedAt = strings.Repeat("9", 60<<10)
	if got := (state.Holders{}).WithStore(store, m)[store].StartedAt; got != "" {
		t.Errorf("%d bytes are kept", len(got))
	}
}
