//go:build unix

package watch

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// wholes wraps the dirWatcher of this system, or a substitute if the system has none.
type wholes struct {
	dirWatcher
	gate chan bool // add waits while it is full
	late bool      // the first directory is gone when add is called for it

	mu   sync.Mutex
	list map[string]bool // the watched directories; true for a store
}

func newWholes() *wholes {
	open := realSystem().newDirWatcher
	if open == nil {
		open = newPlainDirs
	}
	dirs, err := open()
	if err != nil {
		panic(err)
	}
	return &wholes{dirWatcher: dirs, gate: make(chan bool, 1), list: map[string]bool{}}
}

func (w *wholes) add(dir string, how manner) error {
	w.gate <- true
	defer func() { <-w.gate }()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.late {
		w.late = false
		return &fs.PathError{Op: "open", Path: dir, Err: fs.ErrNotExist}
	}
	w.list[dir] = how == closely
	return w.dirWatcher.add(dir, how)
}

func (w *wholes) remove(dir string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.list, dir)
	w.dirWatcher.remove(dir)
}

// watched returns the watched stores, or all other watched directories.
func (w *wholes) watched(stores bool) (list []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for dir, store := range w.list {
		if store == stores {
			list = append(list, dir)
		}
	}
	return list
}

// plainDirs implements dirWatcher with fsnotify.
type plainDirs struct {
	files   *fsnotify.Watcher
	changed chan string
	running sync.WaitGroup

	mu   sync.Mutex
	list map[string]*plainDir
}

type plainDir struct {
	how manner
	has contents // unless it is watched as a whole
}

func newPlainDirs() (dirWatcher, error) {
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &plainDirs{files: files, changed: make(chan string, 1<<16), list: map[string]*plainDir{}}
	w.running.Go(func() {
		for e := range files.Events {
			w.send(e.Name) // it may be the directory itself
			w.send(filepath.Dir(e.Name))
		}
	})
	return w, nil
}

func (w *plainDirs) send(dir string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d := w.list[dir]; d != nil && (d.how == whole || d.has.update(dir, d.how)) {
		w.changed <- dir
	}
}

func (w *plainDirs) add(dir string, how manner) error {
	err := w.files.Add(dir)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list[dir] = &plainDir{how, contentsOf(dir, how)}
	return err
}

func (w *plainDirs) remove(dir string)      { _ = w.files.Remove(dir) }
func (w *plainDirs) changes() <-chan string { return w.changed }

func (w *plainDirs) close() {
	w.files.Close()
	w.running.Wait()
}

// only makes a system use this dirWatcher, which can be opened only once.
func (w *wholes) only(s *system) { s.newDirWatcher = func() (dirWatcher, error) { return w, nil } }

// sparsely makes a system watch only stores with fsnotify, and all directories with wholes, as on macOS.
func sparsely(s *system) {
	s.newDirWatcher = func() (dirWatcher, error) { return newWholes(), nil }
}

// everyWay lists the ways in which directories other than stores are watched.
var everyWay = map[string]func(*system){"each entry": nil, "as a whole": sparsely}

// resolved returns a directory for a test, by a path without a link.
func resolved(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	ok(t, err)
	return dir
}

// fill creates files in a directory.
func fill(t *testing.T, dir string, files int) string {
	t.Helper()
	for i := range files {
		ok(t, os.WriteFile(filepath.Join(dir, fmt.Sprint("file", i)), nil, 0o600))
	}
	return dir
}

// TestOnlyTheStoreIsOpened checks that fsnotify watches only a store. On macOS it opens each entry of a directory that it watches: in a
// home directory that would ask the user for access to Desktop, Documents and Downloads.
func TestOnlyTheStoreIsOpened(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	home := mkdir(t, base, "home")
	store, other, shared := mkdir(t, home, "store"), mkdir(t, base, "disk", "other"), mkdir(t, home, "shared")
	link(t, other, filepath.Join(home, "link"))
	peers := filepath.Join(shared, lockcore.PeersName)
	many := fill(t, mkdir(t, home, "many"), maxEntries+1)
	for _, c := range []struct {
		name, dir    string
		files, whole []string // what is watched by fsnotify, and as a whole
	}{
		{"a store", store, []string{store}, nil},
		{"a missing one", filepath.Join(home, "missing", "deep"), nil, []string{home}},
		{"one behind a link", filepath.Join(home, "link"), []string{other}, []string{home}},
		{"one with many entries", many, nil, []string{many}},
		{"one with the files of other machines", shared, []string{shared}, []string{peers}},
	} {
		if c.dir == shared {
			ok(t, os.Rename(many, peers))
		}
		dirs, sys := newWholes(), system{newWatcher: fsnotify.NewWatcher}
		dirs.only(&sys)
		h := hintsOf(t, 1, sys)
		if !follow(h, h.find(c.dir)) || follow(h, h.find(c.dir)) {
			t.Errorf("%s: the way was not requested exactly once", c.name)
		}
		files, whole, stores := h.current.files.WatchList(), dirs.watched(false), dirs.watched(true)
		if !slices.Equal(files, c.files) || !slices.Equal(whole, c.whole) || !slices.Equal(stores, c.files) {
			t.Errorf("%s: by fsnotify %q, as a whole %q, as a store %q; want %q, %q", c.name, files, whole, stores, c.files, c.whole)
		}
		if crowded := c.dir == many; h.health(0, PollInterval).Events == crowded {
			t.Errorf("%s: %+v", c.name, h.health(0, PollInterval))
		}
	}
}

// TestStoreThatFillsUp checks that the files of a store are no longer watched one by one when it has too many, and again when it has fewer.
func TestStoreThatFillsUp(t *testing.T) {
	t.Parallel()
	dir := fill(t, mkdir(t, resolved(t), "store"), calmEntries)
	s := watchDirs(t, 200*time.Millisecond, sparsely, dir)
	s.health(seeing)
	for range maxEntries + 1 - calmEntries {
		trickle(t, dir)
	}
	t.Log(s.health(blind).Problem)
	put(t, dir, 1, there)
	s.holder(1)
	for i := range 2 * (maxEntries - calmEntries) {
		ok(t, os.Remove(filepath.Join(dir, fmt.Sprint("file", i))))
	}
	s.health(seeing)
	put(t, dir, 2, there)
	s.holder(2)
}

// TestLockIsReportedByItsDirectory checks that the directory reports a lock that fsnotify's kqueue may never report again.
func TestLockIsReportedByItsDirectory(t *testing.T) {
	t.Parallel()
	dir := mkdir(t, resolved(t), "store")
	s := watchDirs(t, never, func(sys *system) {
		deaf(make(chan chan error, 10))(sys)
		sparsely(sys)
	}, dir)
	s.until(lockcore.Unlocked, "")
	s.health(seeing)
	for i := range 20 {
		put(t, dir, 1+i, there)
		s.holder(1 + i)
	}
	other := filepath.Join(dir, lockcore.LockName+" 2")
	replace(t, other, lockcore.NewRecord(9, "mac-c", time.Now()).Encode())
	s.until(lockcore.Contested, lockcore.ConflictCopy)
	ok(t, os.Remove(other))
	s.until(lockcore.HeldElsewhere, "")
	ok(t, os.Remove(filepath.Join(dir, lockcore.LockName)))
	s.until(lockcore.Unlocked, "")
}

// TestContents checks that files that the daemon and its database write all the time do not count as a change.
func TestContents(t *testing.T) {
	dir := t.TempDir()
	c := contentsOf(dir, closely)
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, s := range []struct {
		name string
		do   func()
		want bool
	}{
		{"nothing", func() {}, false},
		{"the database", func() { replace(t, at("records.db"), []byte("x")) }, false},
		{"the daemon's state", func() { replace(t, at(daemonState), []byte("{}")) }, false},
		{"a lock", func() { put(t, dir, 1, there) }, true},
		{"another lock", func() { put(t, dir, 1, there) }, true},
		{"the same bytes with another time", func() { ok(t, os.Chtimes(at(lockcore.LockName), time.Time{}, moment)) }, true},
		{"a copy", func() { put(t, dir, 1, there); ok(t, os.Rename(at(lockcore.LockName), at(lockcore.LockName+" 2"))) }, true},
		{"a .lockbar", func() { mkdir(t, at(lockcore.PeersName)) }, true},
		{"a change in it", func() { mkdir(t, at(lockcore.PeersName), "mini.json") }, false},
		{"another one", func() { ok(t, os.Rename(at(lockcore.PeersName), at("old"))); mkdir(t, at(lockcore.PeersName)) }, true},
		{"no store", func() { ok(t, os.RemoveAll(dir)) }, true},
		{"still none", func() {}, false},
	} {
		if s.do(); c.update(dir, closely) != s.want {
			t.Errorf("%s: changed: %v, want %v", s.name, !s.want, s.want)
		}
	}
}

// TestSharedDirectory checks that a store's directory on the way to another store stays watched for the other when the first no longer
// needs it.
func TestSharedDirectory(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	x, y := mkdir(t, base, "x"), mkdir(t, base, "y")
	link(t, x, filepath.Join(base, "link"))
	missing := filepath.Join(x, "sub")
	s := watchDirs(t, never, sparsely, filepath.Join(base, "link"), missing)
	s.each(2, func(c Change) bool { return c.Event == Initial })
	s.health(seeing)
	s.health(seeing)
	link(t, y, filepath.Join(base, "link"))
	put(t, y, 1, there)
	s.holder(1)
	put(t, y, 2, there)
	s.holder(2)
	put(t, mkdir(t, missing), 3, there)
	s.holder(3)
}

// TestGoneBeforeItIsWatched checks that a directory that disappears between the walk and the watch causes another look at once, and is not
// reported as a problem.
func TestGoneBeforeItIsWatched(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(resolved(t), "missing")
	dirs := newWholes()
	dirs.late = true
	s := watchDirs(t, never, dirs.only, missing)
	if h := <-s.healths; !h.Events || dirs.late {
		t.Errorf("%+v", h)
	}
	put(t, mkdir(t, missing), 1, there)
	s.holder(1)
}

// TestHangingWatch checks that a directory whose opening hangs, as on a dead mount, delays neither the looks nor the end of the watch. The
// stores are polled meanwhile, since no other directory can be watched either.
func TestHangingWatch(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	alive, missing := mkdir(t, base, "alive"), filepath.Join(base, "missing")
	dirs := newWholes()
	dirs.gate <- true // shut
	s := watchDirs(t, 100*time.Millisecond, dirs.only, alive, missing)
	s.each(2, func(c Change) bool { return c.Event == Initial })
	put(t, alive, 1, there)
	s.holder(1)
	s.health(func(h Health) bool { return strings.Contains(h.Problem, "does not answer") })
	put(t, mkdir(t, missing), 2, there)
	s.holder(2)
	s.stop()
	<-dirs.gate
}
