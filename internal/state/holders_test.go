package state_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/machine"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

var store = testfs.Abs("/store")

func put(dir string, h state.Holders) error {
	return state.Update(dir, func(s *state.Saved) { s.SetHolders(h) })
}

func held(dir string) (state.Holders, error) {
	s, err := state.Read(dir)
	return s.Holders, err
}

func ours() lockcore.Memory {
	return lockcore.Memory{Holder: lockcore.Process{PID: os.Getpid(), StartID: machine.Probe(os.Getpid()).StartID}, StartedAt: "x", GoneSince: time.Now(), Boot: machine.BootTime()}
}

func open(t *testing.T, dir string) *lockcore.Store {
	t.Helper()
	s, err := lockcore.Open(dir, lockcore.Options{})
	ok(t, err)
	return s
}

// TestStoreOfTwoNames checks that a store is found by each of its paths if its key is its identity, and by the path that is its key.
func TestStoreOfTwoNames(t *testing.T) {
	dir, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err) // Windows requires a privilege
	}
	m := ours()
	now := state.Holders{}.WithStore(open(t, link).Identity(), m)
	before := state.Holders{}.WithStore(link, m)
	for path, h := range map[string]state.Holders{dir: now, link: now, link + "/.": before} {
		if got := h.Memory(open(t, path)); !got.Holder.Same(m.Holder) {
			t.Errorf("%s: %+v", path, got)
		}
		if got := h.Of([]*lockcore.Store{open(t, path)}); len(got) != 1 {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestMemoryOfAStore(t *testing.T) {
	m := ours()
	known := state.Holders{}.WithStore(store, m)
	got := known.Memory(open(t, store))
	if !got.Holder.Same(m.Holder) || got.StartedAt != "x" || !got.GoneSince.Equal(m.GoneSince) || got.Boot.IsZero() {
		t.Errorf("got %+v, want %+v", got, m)
	}
	if got := known.Memory(open(t, testfs.Abs("/other"))); got != (lockcore.Memory{}) {
		t.Errorf("of another store: %+v", got)
	}
}

func TestHoldersOfAnotherBoot(t *testing.T) {
	m := ours()
	m.Boot = m.Boot.Add(-time.Hour)
	m.Shared, m.HeldLocks[0].Token = true, "sha256:x"
	m.Peers = lockcore.NewPeers([]lockcore.Peer{{Announcement: lockcore.Announcement{Machine: "bbbbbbbbbbbbbbbb", At: m.Boot}}})
	want := lockcore.Memory{Peers: m.Peers, HeldLocks: m.HeldLocks, Shared: true} // what is still valid
	if got := (state.Holders{}).WithStore(store, m).Memory(open(t, store)); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestNobodyHolds checks that the machine's start is kept without a holder: by it a later process detects that the clock was set.
func TestNobodyHolds(t *testing.T) {
	m := ours()
	known := state.Holders{}.WithStore(store, m)
	left := known.WithStore(store, lockcore.Memory{Boot: m.Boot}).Memory(open(t, store))
	if left.Holder.PID != 0 || !left.Boot.Equal(m.Boot) || known.Memory(open(t, store)).Holder.PID != os.Getpid() {
		t.Errorf("left %+v, before: %v", left, known)
	}
}

// TestWritersKeepToTheirStores checks that a writer does not overwrite another writer's store with what it read about that store earlier.
func TestWritersKeepToTheirStores(t *testing.T) {
	a, b := testfs.Abs("/a"), testfs.Abs("/b")
	m := ours()
	var s state.Saved
	s.SetHolders(state.Holders{}.WithStore(b, m))
	read := s.Holders
	m.StartedAt = "newer"
	s.SetHolders(state.Holders{}.WithStore(b, m))
	s.SetHolders(read.Of([]*lockcore.Store{open(t, a)}).WithStore(a, m))
	if s.Holders[b].StartedAt != "newer" || len(s.Holders) != 2 {
		t.Errorf("%v", s.Holders)
	}
}

// TestTwoWritersOfHolders checks that the stores of another process stay, unless they are of an earlier boot and nothing of them is valid
// any more, and that SetHolders does not change the previous map.
func TestTwoWritersOfHolders(t *testing.T) {
	m := ours()
	m.BootID = "now"
	s := state.Saved{Holders: state.Holders{"/old": {PID: 7, BootID: "before"}}.WithStore("/one", m)}
	before := s.Holders
	s.SetHolders(state.Holders{}.WithStore("/two", m))
	if _, one := s.Holders["/one"]; !one || len(s.Holders) != 2 || len(before) != 2 {
		t.Errorf("before %v, now %v", before, s.Holders)
	}
}

// TestStoresDoNotPileUp checks that 64 stores are kept, among them the one that is written and those with a holder.
func TestStoresDoNotPileUp(t *testing.T) {
	m, tried := ours(), state.Holders{}
	for i := range 100 {
		tried = tried.WithStore(fmt.Sprintf("/tried/%03d", i), lockcore.Memory{Boot: m.Boot, BootID: m.BootID})
	}
	var s state.Saved
	s.SetHolders(tried.WithStore("/held", m))
	s.SetHolders(state.Holders{}.WithStore(store, m))
	_, ours := s.Holders[store]
	if _, held := s.Holders["/held"]; len(s.Holders) != 64 || !ours || !held {
		t.Errorf("%d stores, ours %t, the held one %t", len(s.Holders), ours, held)
	}
}

func TestLongTimeOfALock(t *testing.T) {
	m := ours()
	m.StartedAt = strings.Repeat("9", 60<<10)
	if got := (state.Holders{}).WithStore(store, m)[store].StartedAt; got != "" {
		t.Errorf("%d bytes of the time are kept", len(got))
	}
}
