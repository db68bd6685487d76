package tray

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/notify"
)

// TestWhatIsNoMemoryIsPutAside, whatever it is and whatever was put aside before, so that a new one can be written.
func TestWhatIsNoMemoryIsPutAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "told.json")
	makeDir := func() error { return os.MkdirAll(filepath.Join(path, "with", "content"), 0o700) }
	for _, spoil := range []func() error{
		func() error { return os.WriteFile(path, []byte("{,"), 0o600) },
		makeDir,
		func() error { return os.WriteFile(path, []byte("{,"), 0o600) },
		makeDir,
		makeDir,
		func() error { return os.Symlink("told.json", path) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		readMemory(dir, newLogs(&said, false))
		if _, err := os.Lstat(path); err == nil || !strings.Contains(said.String(), "told.json") {
			t.Errorf("it was not put aside: %q", said.String())
		}
	}
	k := newKeeper(dir, newLogs(&strings.Builder{}, false), nil)
	if err := k.write(&notify.Memory{}); err != nil {
		t.Error(err)
	}
}
