//go:build unix

package watch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func hintsFor(t *testing.T, dir string) (*fileHints, route) {
	t.Helper()
	h := hintsOf(t, system{newWatcher: fsnotify.NewWatcher, newDirWatcher: newDirWatcher})
	r := h.find(dir)
	if !follow(h, r) || follow(h, r) {
		t.Fatal("a way is to be watched once, at the first time")
	}
	return h, r
}

func hintsOf(t *testing.T, s system) *fileHints {
	t.Helper()
	h := newFileHints(1, s)
	h.restart()
	t.Cleanup(h.close)
	return h
}

// follow follows the way to the first store, and reports whether a directory is watched now that was not.
func follow(h *fileHints, r route) bool {
	h.follow(0, r, time.Now())
	if h.asked.IsZero() {
		return false
	}
	fresh, _ := h.accept(<-h.answers, time.Now())
	return len(fresh) > 0
}

// A directory that was made anew may have the old one's inode number (ext4 and tmpfs give it again after a while): the
// events alone say that it is another. The route with the old identities stands for that here.
func TestRemadeDirectoryIsWatchedAnew(t *testing.T) {
	t.Parallel()
	dir := mkdir(t, resolved(t), "store")
	h, r := hintsFor(t, dir)
	ok(t, os.Remove(dir))
	mkdir(t, dir)
	for h.isWatched(h.places[dir]) {
		h.hints(<-h.events(), true)
	}
	if h.broken { // kqueue: only a new Watcher will do
		h.restart()
	}
	if !follow(h, r) {
		t.Error("the old watch stands for the new directory")
	}
}

// An unmount takes a watch away without an event, and the same device may come back.
func TestLostWatchIsAddedAgain(t *testing.T) {
	t.Parallel()
	dir := resolved(t)
	h, _ := hintsFor(t, dir)
	ok(t, h.current.files.Remove(dir))
	h.ask(time.Now())
	if fresh, _ := h.accept(<-h.answers, time.Now()); !slices.Contains(fresh, dir) {
		t.Errorf("watched again: %q, want %s", fresh, dir)
	}
}

// A way that begins nowhere, as on a drive that is not there, has no events.
func TestNoWayIsNoHealth(t *testing.T) {
	t.Parallel()
	h := hintsOf(t, system{newWatcher: fsnotify.NewWatcher})
	h.follow(0, route{}, time.Now())
	if got := h.health(0, PollInterval); got.Events || got.Interval != BlindInterval || got.Problem == "" {
		t.Errorf("%+v", got)
	}
}

// watchList is what is watched for a way, in order.
func (h *fileHints) watchList() []string {
	list := h.current.files.WatchList()
	slices.Sort(list)
	return list
}

// While the store is there it alone is watched; what a store does not need any more is let go.
func TestOnlyTheStoreIsWatched(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	store, other := mkdir(t, base, "home", "user", "store"), mkdir(t, base, "disk", "other")
	link(t, "../../disk", filepath.Join(base, "home", "user", "first"))
	link(t, "other", filepath.Join(base, "disk", "second"))
	link(t, "nowhere/deep", filepath.Join(base, "home", "dangling"))
	h := hintsOf(t, system{newWatcher: fsnotify.NewWatcher})
	user, disk := filepath.Dir(store), filepath.Dir(other)
	for _, c := range []struct {
		dir  string
		want []string
	}{
		{store, []string{store}},
		{filepath.Join(store, "missing", "deep"), []string{store}},
		{filepath.Join(user, "missing", "deep"), []string{user}},
		{filepath.Join(user, "first", "second"), []string{disk, other, user}},
		{filepath.Join(user, "first", "second", "missing"), []string{disk, other, user}},
		{filepath.Join(base, "home", "dangling", "store"), []string{filepath.Join(base, "home")}},
		{other, []string{other}},
	} {
		follow(h, h.find(c.dir))
		if got := h.watchList(); !slices.Equal(got, c.want) || len(got) != len(h.places) {
			t.Errorf("%s: watched: %q (%d places), want %q", c.dir, got, len(h.places), c.want)
		}
	}
}

// When the directory above a store comes to be watched, the store may have gone untold.
func TestLeadsBy(t *testing.T) {
	t.Parallel()
	dir := mkdir(t, resolved(t), "store")
	h := newFileHints(1, system{})
	h.routes[0] = h.find(dir)
	above := filepath.Dir(dir)
	for by, want := range map[string]bool{dir: true, above: true, filepath.Dir(above): false, filepath.Join(dir, "below"): false, dir + "2": false} {
		if got := h.leadsBy(0, []string{by}); got != want {
			t.Errorf("%s: %v", by, got)
		}
	}
}

// A directory may be watched for another store while it is found to be on the way to this one: what happened there meanwhile was told to
// nobody.
func TestWayBecomesKnownLate(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	dir := mkdir(t, base, "store")
	h := newFileHints(2, system{newWatcher: fsnotify.NewWatcher})
	h.restart()
	t.Cleanup(h.close)
	follow := func(i int, r route) {
		h.follow(i, r, time.Now())
		answered(h)
	}
	follow(0, h.find(dir))
	follow(1, h.find(filepath.Join(base, "missing")))
	if h.clearMissed(0) || h.clearMissed(1) {
		t.Error("late although nothing was watched before")
	}
	ok(t, os.Remove(dir))
	missing := h.find(dir)
	mkdir(t, dir)
	takeUntil(h, mkdir(t, base, "marker"), base) // kqueue may tell only that the first directory went
	if follow(0, missing); !h.clearMissed(0) || h.clearMissed(1) {
		t.Error("nobody looks again")
	}
	if follow(0, missing); h.clearMissed(0) {
		t.Error("late although it was known")
	}
}
