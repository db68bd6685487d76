package holders_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockbar/internal/holders"
	"lockbar/lockcore"
)

const store = "/store"

func ours() lockcore.Memory {
	return lockcore.Memory{Holder: lockcore.Probe(os.Getpid()), StartedAt: "x", GoneSince: time.Now(), Boot: lockcore.BootTime()}
}

func TestReadBack(t *testing.T) {
	dir, m := t.TempDir(), ours()
	known := holders.Holders{}.With(store, m)
	if err := known.Write(dir); err != nil {
		t.Fatal(err)
	}
	read, err := holders.Read(dir)
	if err != nil || !read.Equal(known) {
		t.Errorf("read %v, %v, wrote %v", read, err, known)
	}
	got := read.Memory(store)
	if !got.Holder.Same(m.Holder) || got.StartedAt != "x" || !got.GoneSince.Equal(m.GoneSince) || got.Boot.IsZero() {
		t.Errorf("got %+v, want %+v", got, m)
	}
	if got := read.Memory("/other"); got != (lockcore.Memory{}) {
		t.Errorf("of another store: %+v", got)
	}
}

func TestOfAnotherRunOfTheMachine(t *testing.T) {
	m := ours()
	m.Boot = m.Boot.Add(-time.Hour)
	if got := (holders.Holders{}).With(store, m).Memory(store); got != (lockcore.Memory{}) {
		t.Errorf("%+v", got)
	}
}

func TestForgotten(t *testing.T) {
	known := holders.Holders{}.With(store, ours())
	if left := known.With(store, lockcore.Memory{}); len(left) != 0 || len(known) != 1 {
		t.Errorf("left %v, before: %v", left, known)
	}
}

func TestNothingToRead(t *testing.T) {
	dir := t.TempDir()
	for _, dir := range []string{"", dir} {
		if got, err := holders.Read(dir); got != nil || err != nil {
			t.Errorf("%v, %v", got, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "holders.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := holders.Read(dir); got != nil || err == nil {
		t.Errorf("of rubbish: %v, %v", got, err)
	}
}
