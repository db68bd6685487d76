package tray

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockbar/lockcore"
)

func TestHoldersAreReadBack(t *testing.T) {
	dir, log := t.TempDir(), newLogs(io.Discard, true)
	s, err := lockcore.Open(t.TempDir(), lockcore.Options{Hostname: "mac-a"})
	if err != nil {
		t.Fatal(err)
	}
	stores := []*lockcore.Store{s}
	m := lockcore.Memory{Holder: lockcore.Probe(os.Getpid()), StartedAt: "x", GoneSince: time.Now(), Boot: lockcore.BootTime()}
	known := holders{}.with(s.Dir(), m)
	k := keeper{dir: dir, log: log}
	if err := k.writeHolders(known); err != nil {
		t.Fatal(err)
	}
	read := readHolders(dir, log)
	if !read.equal(known) {
		t.Errorf("read %v, wrote %v", read, known)
	}
	got := read.memories(stores)[0]
	if !got.Holder.Same(m.Holder) || got.StartedAt != "x" || !got.GoneSince.Equal(m.GoneSince) || got.Boot.IsZero() {
		t.Errorf("got %+v, want %+v", got, m)
	}
	m.Boot = m.Boot.Add(-time.Hour)
	if got := known.with(s.Dir(), m).memories(stores)[0]; got != (lockcore.Memory{}) {
		t.Errorf("of another run of the machine: %+v", got)
	}
	if left := known.with(s.Dir(), lockcore.Memory{}); len(left) != 0 || len(known) != 1 {
		t.Errorf("forgotten: %v, before: %v", left, known)
	}
	if err := os.WriteFile(filepath.Join(dir, holdersName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := readHolders(dir, log); len(got) != 0 {
		t.Errorf("of rubbish: %v", got)
	}
}
