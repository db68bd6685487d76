//go:build unix

package watch

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// The tests in this file are about .lockbar, which holds the machines' files.

// listening wraps a store; its looks report the content of the machines' files.
type listening struct {
	*counting
	found chan string
}

func (l listening) Look(m lockcore.Memory, first func(lockcore.State, lockcore.Token)) lockcore.Snapshot {
	var words []string
	files, _ := filepath.Glob(filepath.Join(l.Dir(), lockcore.PeersName, "*.json"))
	for _, file := range files {
		data, _ := os.ReadFile(file)
		words = append(words, string(data))
	}
	l.found <- strings.Join(words, " ")
	return l.counting.Look(m, first)
}

// listen watches a store, and waits until the looks that follow the start are over.
func listen(t *testing.T, dir string, change func(*system)) listening {
	t.Helper()
	l := listening{&counting{Store: open(t, dir)}, make(chan string, 10000)}
	watchStores(t, never, change, l).health(seeing)
	quiet(t, l.counting)
	return l
}

// until waits for a look that finds this content.
func (l listening) until(t *testing.T, want string) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case words := <-l.found:
			if words == want {
				return
			}
		case <-late:
			t.Fatalf("no look found %q", want)
		}
	}
}

// TestPeersAreSeen checks that changes of .lockbar and of the files in it are seen without a poll.
func TestPeersAreSeen(t *testing.T) {
	t.Parallel()
	for name, change := range everyWay {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := mkdir(t, resolved(t), "store")
			l := listen(t, store, change)
			dir := filepath.Join(store, lockcore.PeersName)
			mini, air := filepath.Join(dir, "mini-00000001.json"), filepath.Join(dir, "air-00000002.json")
			say := func(file string, words string) { replace(t, file, []byte(words)) }
			gone, left := air, "again"
			if name == "as a whole" { // the poll finds the end of a file that this watch never saw
				gone, left = mini, "me too"
			}
			for i := range 3 {
				mkdir(t, dir)
				say(mini, "hello")
				l.until(t, "hello")
				say(mini, "again")
				l.until(t, "again")
				say(air, "me too")
				l.until(t, "me too again")
				ok(t, os.Remove(gone))
				l.until(t, left)

				ok(t, os.Rename(dir, filepath.Join(store, fmt.Sprint("old", i))))
				l.until(t, "")
				other := mkdir(t, store, "other")
				say(filepath.Join(other, "mini-00000001.json"), "moved in")
				ok(t, os.Rename(other, dir))
				l.until(t, "moved in")
				say(mini, "and here")
				l.until(t, "and here")
				ok(t, os.RemoveAll(dir))
				l.until(t, "")
			}
		})
	}
}

// TestPeersAreSeenLate checks that a file written before .lockbar is watched is seen once it is.
func TestPeersAreSeenLate(t *testing.T) {
	t.Parallel()
	store := mkdir(t, resolved(t), "store")
	dirs := newWholes()
	l := listen(t, store, dirs.only)
	dirs.gate <- true
	dir := mkdir(t, store, lockcore.PeersName)
	quiet(t, l.counting)
	replace(t, filepath.Join(dir, "mini-00000001.json"), []byte("hello"))
	<-dirs.gate
	l.until(t, "hello")
}

// TestPeerHints checks that an event hints at the store that it concerns, and at no other.
func TestPeerHints(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	h := hintsOf(t, 2, system{newWatcher: fsnotify.NewWatcher})
	for i := range 2 {
		dir := mkdir(t, base, fmt.Sprint(i))
		mkdir(t, dir, lockcore.PeersName)
		h.follow(i, h.find(dir), time.Now())
	}
	none := []int(nil)
	for _, c := range []struct {
		name string
		op   fsnotify.Op
		want []int
	}{
		{"0/.lockbar/mini-00112233.json", fsnotify.Create, []int{0}},
		{"1/.lockbar/mini-00112233.json", fsnotify.Write, []int{1}},
		{"1/.lockbar/mini-00112233.json", fsnotify.Remove, []int{1}},
		{"1/.lockbar/mini-00112233.json", fsnotify.Chmod, none},
		{"1/.lockbar/mini-00112233.sync-conflict-20261122-195151-ABCDEF2.json", fsnotify.Create, none},
		{"1/.lockbar/.mini-00112233.json", fsnotify.Create, none},
		{"1/.lockbar/.mini-00112233.json.icloud", fsnotify.Remove, []int{1}},
		{"1/.lockbar/.syncthing.mini-00112233.json.tmp", fsnotify.Create, none},
		{"1/.lockbar/.locked", fsnotify.Create, none},
		{"1/mini-00112233.json", fsnotify.Create, none},
		{"1/.lockbar", fsnotify.Write, none},
		{"1/.lockbar", fsnotify.Create, []int{1}},
		{"0/.lockbar", fsnotify.Remove, []int{0}},
	} {
		stores := map[int]bool{}
		for _, hint := range h.hints(fsnotify.Event{Name: filepath.Join(base, c.name), Op: c.op}, true) {
			stores[hint.store] = true
		}
		if got := slices.Sorted(maps.Keys(stores)); !slices.Equal(got, c.want) {
			t.Errorf("%s %v: stores %v, want %v", c.op, c.name, got, c.want)
		}
	}
}
