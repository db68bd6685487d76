package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTroubleOfTheStateDirectory is told as that: the store is none the worse for it.
func TestTroubleOfTheStateDirectory(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	whole := w.run("status").want(t, 0)
	for _, name := range []string{"state.json", "holders.json", "hostnames.json", "told.json"} {
		path := filepath.Join(w.state, name)
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		r := w.run("status").want(t, 0)
		if r.out != whole.out || !strings.HasPrefix(r.err, "lockbar: warning:") || !strings.Contains(r.err, path) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: %q, %q", name, r.out, r.err)
		}
		if r := w.run("unlock", "--yes").want(t, 0); strings.Count(r.err, path) != 1 {
			t.Errorf("%s: unlock says %q", name, r.err)
		}
		w.run("restore").want(t, 0)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if r := w.run("status").want(t, 0); r.err != "" {
		t.Errorf("%q", r.err)
	}
}
