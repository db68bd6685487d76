package watch

import (
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"lockbar/lockcore"
)

func TestHealth(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir()) // on macOS the path leads through a link
	ok(t, err)
	cases := []struct {
		name string
		do   func(h *fileHints)
		want bool
	}{
		{"local", func(h *fileHints) {}, true},
		{"remote", func(h *fileHints) { h.routes[0].remote = "NFS" }, false},
		{"no watcher", func(h *fileHints) { h.failure = errDied }, false},
		{"the store is not watched", func(h *fileHints) { h.errs[dir] = errTwice }, false},
		{"a directory on the way is not watched", func(h *fileHints) { h.errs[filepath.Dir(dir)] = errTwice }, true},
		{"its .lockbar is not watched", func(h *fileHints) { h.errs[filepath.Join(dir, lockcore.PeersName)] = fs.ErrPermission }, true},
		{"nothing on the way exists, as on a missing drive", func(h *fileHints) { h.routes[0] = route{} }, false},
		{"no answer", func(h *fileHints) { h.stuck = true }, false},
		{"a store with many entries", func(h *fileHints) { h.routes[0].crowded = true }, false},
	}
	for _, c := range cases {
		r := findRoute(dir)
		h := newFileHints(1, system{})
		h.routes[0], h.errs = r, map[string]error{}
		c.do(h)
		got := h.health(0, PollInterval)
		interval := map[bool]time.Duration{true: PollInterval, false: BlindInterval}[c.want]
		if got.Events != c.want || (got.Problem == "") != c.want || got.Interval != interval {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestCrowdedStore checks that a store with about maxEntries entries does not alternate between the two ways of watching it.
func TestCrowdedStore(t *testing.T) {
	var r route
	for _, step := range []struct {
		entries int
		want    bool
	}{{maxEntries, false}, {maxEntries + 1, true}, {maxEntries, true}, {calmEntries + 1, true}, {calmEntries, false}, {maxEntries, false}} {
		next := route{entries: step.entries}
		next.settle(r)
		if r = next; r.crowded != step.want {
			t.Errorf("%d entries: %v, want %v", step.entries, r.crowded, step.want)
		}
	}
}
