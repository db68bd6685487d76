//go:build unix

package watch

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

func hintsFor(t *testing.T, dir string) (*fileHints, route) {
	t.Helper()
	h := hintsOf(t, 1, system{newWatcher: fsnotify.NewWatcher, newDirWatcher: newDirWatcher})
	r := h.find(dir)
	if !follow(h, r) || follow(h, r) {
		t.Fatal("want the directory watched by the first follow only")
	}
	return h, r
}

// hintsOf returns the running hints of a number of stores.
func hintsOf(t *testing.T, stores int, s system) *fileHints {
	t.Helper()
	h := newFileHints(stores, s)
	h.restart()
	t.Cleanup(h.close)
	return h
}

// follow follows the way to the first store, and reports whether a directory has just become watched.
func follow(h *fileHints, r route) bool {
	h.follow(0, r, time.Now())
	if h.asked.IsZero() {
		return false
	}
	fresh, _ := h.accept(<-h.answers, time.Now())
	return len(fresh) > 0
}

// TestRecreatedDirectoryIsWatchedAgain checks that a directory is watched again if it was created again with the old inode number, as
// often on ext4: then only events show that it is another directory. A route with the old identities simulates this everywhere.
func TestRecreatedDirectoryIsWatchedAgain(t *testing.T) {
	t.Parallel()
	dir := mkdir(t, resolved(t), "store")
	h, r := hintsFor(t, dir)
	ok(t, os.Remove(dir))
	mkdir(t, dir)
	for h.isWatched(h.places[dir]) {
		h.hints(<-h.events(), true)
	}
	if h.broken { // kqueue needs a new Watcher
		h.restart()
	}
	if !follow(h, r) {
		t.Error("the old watch was kept for the new directory")
	}
}

// TestLostWatchIsAddedAgain checks that a watch that ended without an event (after an unmount, say) is added again: the same device may be
// mounted again.
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

// watchList returns the watched directories, in order.
func (h *fileHints) watchList() []string {
	list := h.current.files.WatchList()
	slices.Sort(list)
	return list
}

// TestOnlyTheStoreIsWatched checks that only the store, its .lockbar and the directories that hold a link on the way are watched, and the
// last directory of the way that exists if the store is missing. Others are dropped. Only a real .lockbar is watched, since a link could
// lead anywhere.
func TestOnlyTheStoreIsWatched(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	store, other := mkdir(t, base, "home", "user", "store"), mkdir(t, base, "disk", "other")
	link(t, "../../disk", filepath.Join(base, "home", "user", "first"))
	link(t, "other", filepath.Join(base, "disk", "second"))
	link(t, "nowhere/deep", filepath.Join(base, "home", "dangling"))
	shared := mkdir(t, base, "shared")
	peers := mkdir(t, shared, lockcore.PeersName)
	linked, piped, filed := mkdir(t, base, "linked"), mkdir(t, base, "piped"), mkdir(t, base, "filed")
	link(t, peers, filepath.Join(linked, lockcore.PeersName))
	ok(t, syscall.Mkfifo(filepath.Join(piped, lockcore.PeersName), 0o600))
	ok(t, os.WriteFile(filepath.Join(filed, lockcore.PeersName), nil, 0o600))
	h := hintsOf(t, 1, system{newWatcher: fsnotify.NewWatcher})
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
		{shared, []string{shared, peers}},
		{linked, []string{linked}},
		{piped, []string{piped}},
		{filed, []string{filed}},
	} {
		follow(h, h.find(c.dir))
		if got := h.watchList(); !slices.Equal(got, c.want) || len(got) != len(h.places) {
			t.Errorf("%s: watched: %q (%d places), want %q", c.dir, got, len(h.places), c.want)
		}
	}
}

// TestLeadsBy checks that leadsBy also accepts the parent of a directory on the way: the removal of the child may have gone unreported.
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

// TestWayBecomesKnownLate checks that events count as missed if a directory was watched for another store before it was found to be on the
// way to this one. Until then events there were ignored for this store.
func TestWayBecomesKnownLate(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	dir := mkdir(t, base, "store")
	h := hintsOf(t, 2, system{newWatcher: fsnotify.NewWatcher})
	follow := func(i int, r route) {
		h.follow(i, r, time.Now())
		answered(h)
	}
	follow(0, h.find(dir))
	follow(1, h.find(filepath.Join(base, "missing")))
	if h.clearMissed(0) || h.clearMissed(1) {
		t.Error("events count as missed although nothing was watched before")
	}
	ok(t, os.Remove(dir))
	missing := h.find(dir)
	mkdir(t, dir)
	takeUntil(h, mkdir(t, base, "marker"), base) // kqueue may report only that the first directory disappeared
	if follow(0, missing); !h.clearMissed(0) || h.clearMissed(1) {
		t.Error("missed events were not noted")
	}
	if follow(0, missing); h.clearMissed(0) {
		t.Error("events count as missed although the way was known")
	}
}
