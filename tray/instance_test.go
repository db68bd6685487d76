package tray

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/statedir"
)

// quietly gives a test a runtime directory of its own.
func quietly(t *testing.T) logs {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	return newLogs(io.Discard, false)
}

func start(dir string, log logs) (instance, error) {
	return onlyInstance(Config{StateDir: dir}.instanceLocks(log), log)
}

func TestOnlyOneInstance(t *testing.T) {
	log, dir := quietly(t), filepath.Join(t.TempDir(), "made", "here")
	first, err := start(dir, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := start(dir, log); !errors.Is(err, ErrRunning) {
		t.Errorf("second: %v", err)
	}
	first.Close()
	again, err := start(dir, log)
	if err != nil {
		t.Fatalf("after the first ended: %v", err)
	}
	again.Close()
}

func TestInstanceOutlivesItsStateDirectory(t *testing.T) {
	log, dir := quietly(t), filepath.Join(t.TempDir(), "state")
	first, err := start(dir, log)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Skip(err) // Windows keeps what is open
	}
	if _, err := start(dir, log); !errors.Is(err, ErrRunning) {
		t.Errorf("second: %v", err)
	}
	other, err := start(filepath.Join(t.TempDir(), "other"), log)
	if err != nil {
		t.Errorf("of another state directory: %v", err)
	}
	other.Close()
}

// TestInstanceWithoutItsLocks: an icon that may be there twice is better than none, and the log says why.
func TestInstanceWithoutItsLocks(t *testing.T) {
	quietly(t)
	dir := t.TempDir()
	for _, path := range statedir.InstanceLocks(dir) {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var said strings.Builder
	held, err := start(dir, newLogs(&said, false))
	if err != nil || len(held) != 0 {
		t.Errorf("%v, %v", held, err)
	}
	for _, part := range []string{"tray.lock", "lockbar-", "a directory"} {
		if !strings.Contains(said.String(), part) {
			t.Errorf("the log has no %q: %s", part, said.String())
		}
	}
	held.Close()
}
