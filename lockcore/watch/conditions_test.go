//go:build unix

package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestStoreMissingThenMade uses many stores and rounds, since the directories appear while their watches are added.
func TestStoreMissingThenMade(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	var dirs []string
	for i := range 20 {
		dirs = append(dirs, filepath.Join(base, fmt.Sprint(i), "a", "b", "c"))
	}
	s := watchDirs(t, lossyPoll, nil, dirs...)
	s.each(len(dirs), func(c Change) bool { return c.To.Reason == lockcore.StoreMissing })
	for round := range testfs.Rounds(2, 5) {
		for i, dir := range dirs {
			mkdir(t, dir)
			put(t, dir, 1000*(round+1)+i, there)
		}
		s.each(len(dirs), func(c Change) bool { return c.To.Record.PID == 1000*(round+1)+c.Store })
		for i := range dirs {
			ok(t, os.RemoveAll(filepath.Join(base, fmt.Sprint(i))))
		}
		s.each(len(dirs), func(c Change) bool { return c.To.Reason == lockcore.StoreMissing })
	}
}

// TestRemovedAndRecreated creates a removed store again. On ext4 the new directory often has the old one's inode number.
func TestRemovedAndRecreated(t *testing.T) {
	t.Parallel()
	var dirs []string
	for i := range 10 {
		dirs = append(dirs, mkdir(t, t.TempDir(), fmt.Sprint("ext", i)), mkdir(t, tmpfs(t), fmt.Sprint("tmp", i)))
	}
	s := watchDirs(t, lossyPoll, nil, dirs...)
	s.each(len(dirs), func(c Change) bool { return c.To.State == lockcore.Unlocked })
	for round := range testfs.Rounds(2, 5) {
		for i, dir := range dirs {
			ok(t, os.RemoveAll(dir))
			mkdir(t, dir)
			put(t, dir, 1000*(round+1)+i, there)
		}
		s.each(len(dirs), func(c Change) bool { return c.To.Record.PID == 1000*(round+1)+c.Store })
		for i, dir := range dirs { // is the new directory watched?
			put(t, dir, 1000*(round+1)+500+i, there)
		}
		s.each(len(dirs), func(c Change) bool { return c.To.Record.PID == 1000*(round+1)+500+c.Store })
	}
}

// tmpfs returns a directory in a tmpfs, where Linux has one.
func tmpfs(t *testing.T) string {
	t.Helper()
	const memory = "/dev/shm"
	if _, err := os.Stat(memory); err != nil {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "lockbar")
	ok(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestRenamedAwayAndReplaced(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir := mkdir(t, base, "store")
	s := watchDirs(t, lossyPoll, nil, dir)
	s.until(lockcore.Unlocked, "")
	for i := range 10 {
		next := mkdir(t, base, "next")
		put(t, next, 1000+i, there)
		old := filepath.Join(base, fmt.Sprint("old", i))
		ok(t, os.Rename(dir, old))
		ok(t, os.Rename(next, dir))
		s.holder(1000 + i)
		put(t, old, 1, there) // the old directory is no longer the store
		put(t, dir, 2000+i, there)
		if c := s.holder(2000 + i); c.From.Record.PID == 1 {
			t.Fatal("the old directory was taken for the store")
		}
	}
}

// TestParentRenamed renames a directory further up. No event reports that, so the poll finds it.
func TestParentRenamed(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir := mkdir(t, base, "a", "b", "store")
	put(t, dir, 1, there)
	s := watchDirs(t, time.Second, nil, dir)
	s.holder(1)
	ok(t, os.Rename(filepath.Join(base, "a"), filepath.Join(base, "z")))
	s.until(lockcore.Unknown, lockcore.StoreMissing)
	put(t, filepath.Join(base, "z", "b", "store"), 2, there)
	ok(t, os.Rename(filepath.Join(base, "z"), filepath.Join(base, "a")))
	s.holder(2)
	put(t, dir, 3, there)
	s.holder(3)
}

func TestSymlinks(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	var stores []string
	for i := range 3 {
		stores = append(stores, mkdir(t, base, fmt.Sprint("real", i)))
		put(t, stores[i], 100+i, there)
	}
	mkdir(t, base, "links")
	// store -> links/one -> ../two -> the directory, absolute
	link(t, "links/one", filepath.Join(base, "store"))
	link(t, "../two", filepath.Join(base, "links", "one"))
	link(t, stores[0], filepath.Join(base, "two"))
	s := watchDirs(t, lossyPoll, nil, filepath.Join(base, "store"))
	s.holder(100)
	for i, change := range []struct{ target, at string }{
		{stores[1], "two"},          // the end of the chain
		{"../real2", "links/one"},   // its middle
		{stores[0], "store"},        // its beginning
		{"links/one", "store"},      // and back
		{"../real0", "links/one"},   //
		{"nowhere", "store"},        // dangling
		{"store", "store"},          // a loop
		{"links/../real1", "store"}, // through ..
	} {
		link(t, change.target, filepath.Join(base, change.at))
		now, err := filepath.EvalSymlinks(filepath.Join(base, "store"))
		if err != nil {
			s.until(lockcore.Unknown, reasonOf(err))
			continue
		}
		put(t, now, 1000+i, there)
		s.holder(1000 + i)
	}
}

func reasonOf(err error) lockcore.Reason {
	if os.IsNotExist(err) {
		return lockcore.StoreMissing
	}
	return lockcore.NotARegularFile
}

// link makes or retargets a symbolic link as ln -sfn does.
func link(t *testing.T, target, at string) {
	t.Helper()
	ok(t, os.Symlink(target, at+".new"))
	ok(t, os.Rename(at+".new", at))
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if h := Check(open(t, dir)); h != (Health{Events: true, Interval: PollInterval}) {
		t.Errorf("a local directory: %+v", h)
	}
	if h := Check(open(t, filepath.Join(dir, "a", "b"))); !h.Events {
		t.Errorf("a missing directory: %+v", h)
	}
}
