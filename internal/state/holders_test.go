package state_test

import (
	"os"
	"path/filepath"
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
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStoreOfTwoNames checks that a store is found by each of its paths, whether it is kept by its identity or by a path.
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

func TestHoldersReadBack(t *testing.T) {
	dir, m := t.TempDir(), ours()
	known := state.Holders{}.WithStore(store, m)
	if err := put(dir, known); err != nil {
		t.Fatal(err)
	}
	read, err := held(dir)
	if err != nil || !read.Equal(known) {
		t.Errorf("read %v, %v, wrote %v", read, err, known)
	}
	got := read.Memory(open(t, store))
	if !got.Holder.Same(m.Holder) || got.StartedAt != "x" || !got.GoneSince.Equal(m.GoneSince) || got.Boot.IsZero() {
		t.Errorf("got %+v, want %+v", got, m)
	}
	if got := read.Memory(open(t, testfs.Abs("/other"))); got != (lockcore.Memory{}) {
		t.Errorf("of another store: %+v", got)
	}
}

func TestHoldersOfAnotherBoot(t *testing.T) {
	m := ours()
	m.Boot = m.Boot.Add(-time.Hour)
	m.Shared, m.HeldLocks[0].Token = true, "sha256:x"
	m.Peers = lockcore.NewPeers([]lockcore.Peer{{Announcement: lockcore.Announcement{Machine: "b", At: m.Boot}}})
	want := lockcore.Memory{Peers: m.Peers, HeldLocks: m.HeldLocks, Shared: true} // the rest is still valid
	if got := (state.Holders{}).WithStore(store, m).Memory(open(t, store)); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestNobodyHolds checks that the machine's start is kept without a holder, since a later process detects by it that the clock was set.
func TestNobodyHolds(t *testing.T) {
	m := ours()
	known := state.Holders{}.WithStore(store, m)
	left := known.WithStore(store, lockcore.Memory{Boot: m.Boot}).Memory(open(t, store))
	if left.Holder.PID != 0 || !left.Boot.Equal(m.Boot) || known.Memory(open(t, store)).Holder.PID != os.Getpid() {
		t.Errorf("left %+v, before: %v", left, known)
	}
}

// TestWritersKeepToTheirStores checks that a writer does not write back what it once read about the store of another writer.
func TestWritersKeepToTheirStores(t *testing.T) {
	dir, a, b := t.TempDir(), testfs.Abs("/a"), testfs.Abs("/b")
	stores := func(path string) []*lockcore.Store {
		s, err := lockcore.Open(path, lockcore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return []*lockcore.Store{s}
	}
	putAll := func(h state.Holders) {
		if err := put(dir, h); err != nil {
			t.Fatal(err)
		}
	}
	m := ours()
	putAll(state.Holders{}.WithStore(b, m))
	all, err := held(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.StartedAt = "newer"
	putAll(state.Holders{}.WithStore(b, m))
	putAll(all.Of(stores(a)).WithStore(a, m))
	read, err := held(dir)
	if err != nil || read[b].StartedAt != "newer" || len(read) != 2 {
		t.Errorf("%v, %v", read, err)
	}
}

// TestSetHoldersChangesNoMap checks that a map that was read stays as it was.
func TestSetHoldersChangesNoMap(t *testing.T) {
	m := ours()
	m.BootID = "now"
	s := state.Saved{Holders: state.Holders{store: {PID: 7, BootID: "before"}}.WithStore("/held", m)}
	before := s.Holders
	s.SetHolders(state.Holders{"/held": before["/held"]})
	if len(before) != 2 || len(s.Holders) != 1 {
		t.Errorf("before %v, now %v", before, s.Holders)
	}
}

// TestTwoWritersOfHolders checks that the stores of another process stay, unless they are of an earlier boot.
func TestTwoWritersOfHolders(t *testing.T) {
	dir := t.TempDir()
	of := func(boot string) lockcore.Memory {
		m := ours()
		m.BootID = boot
		return m
	}
	for _, h := range []state.Holders{
		state.Holders{}.WithStore("/old", of("before")), state.Holders{}.WithStore("/one", of("now")), state.Holders{}.WithStore("/two", of("now")),
	} {
		if err := put(dir, h); err != nil {
			t.Fatal(err)
		}
	}
	read, err := held(dir)
	if _, one := read["/one"]; err != nil || !one || len(read) != 2 {
		t.Errorf("%v, %v", read, err)
	}
}
