package tray

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/state"
)

func TestOnlyOneInstance(t *testing.T) {
	t.Parallel()
	c, log := Config{StateDir: filepath.Join(t.TempDir(), "made", "here"), Demo: true}, newLogs(io.Discard, false)
	first, err := c.onlyInstance(log)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := c.onlyInstance(log); !errors.Is(err, ErrRunning) {
		t.Errorf("second: %v", err)
	}
}

// TestInstanceWithoutItsLocks checks that the app starts without locks, and logs the reason: two icons are better than none.
func TestInstanceWithoutItsLocks(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	c := Config{StateDir: t.TempDir()}
	for _, path := range state.InstanceLocks(c.StateDir) {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var logged strings.Builder
	held, err := c.onlyInstance(newLogs(&logged, false))
	if err != nil || len(held) != 0 {
		t.Errorf("%v, %v", held, err)
	}
	for _, part := range []string{"tray.lock", "lockbar-", "a directory"} {
		if !strings.Contains(logged.String(), part) {
			t.Errorf("the log has no %q: %s", part, logged.String())
		}
	}
	held.Close()
}

func TestLogs(t *testing.T) {
	for _, verbose := range []bool{false, true} {
		var out bytes.Buffer
		l := newLogs(&out, verbose)
		l.detail.Print("something happened")
		l.note("nothing", nil)
		l.note("nothing but the end", fmt.Errorf("subscribe: %w", context.Canceled))
		l.note("a thing failed", errors.New("mac\x1b[1m"))
		got := out.String()
		if strings.Contains(got, "something happened") != verbose || strings.Contains(got, "nothing") {
			t.Errorf("verbose %v: %q", verbose, got)
		}
		if !strings.Contains(got, `lockbar: a thing failed: "mac\x1b[1m"`) {
			t.Errorf("verbose %v: %q", verbose, got)
		}
	}
}
