package watch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What no store needs any more is let go; a directory further up that everybody may write in is not watched at all.
func TestWatchesAreFlat(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	shared := mkdir(t, base, "shared")
	ok(t, os.Chmod(shared, 0o777|os.ModeSticky))
	h, _ := hintsFor(t, mkdir(t, shared, "a", "b"))
	if deep := h.current.files.WatchList(); slices.Contains(deep, shared) || !slices.Contains(deep, filepath.Join(shared, "a")) {
		t.Errorf("watched: %q, want no busy %s", deep, shared)
	}
	before := len(h.current.files.WatchList())
	follow(h, h.find(base))
	if n := len(h.current.files.WatchList()); n != before-2 || n != len(h.places) {
		t.Errorf("%d watches and %d places, want %d", n, len(h.places), before-2)
	}
}
