//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTwoHostsByCopies plays the story on any machine. Both machines have one table of processes here, and it does not matter: a
// daemon's title names its store, and each machine's copy of the store is another directory, so that either Lockbar sees the daemon of
// the other machine as that of a store which is not its own.
func TestTwoHostsByCopies(t *testing.T) {
	t.Parallel()
	playOnTwoHosts(t, "taken over and left behind", func(t *testing.T) hosts {
		a, b := newMachine(t, "mac-a", idA), newMachine(t, "mac-b", idB)
		return hosts{a, b, copyStores(t, a.store, b.store)}
	})
}

// copyStores starts a copier that ends with the test, and returns what cuts and mends its line.
func copyStores(t *testing.T, one, other store) (line func(up bool)) {
	t.Helper()
	c := copier{one.dir, other.dir, map[string][]byte{}}
	lines, done := make(chan bool), make(chan error, 1)
	go func() { done <- c.run(lines) }()
	t.Cleanup(func() {
		close(lines)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return func(up bool) { lines <- up }
}

// copyPause is how often the copier looks, and so how late a change comes: far later than Lockbar sees it on its own machine.
const copyPause = 300 * time.Millisecond

// copier keeps two directories the same, as a plain sync program does: what changed in one since both were the same is brought to the
// other, whole, and so is its absence. Of a file that changed in both, the other's counts, and the one's is kept as a copy.
type copier struct {
	one, other string
	synced     map[string][]byte // relative path -> content when both were the same
}

// run looks again and again while the line is up and nothing fails, until lines is closed.
func (c copier) run(lines <-chan bool) (err error) {
	up := true
	for again := time.NewTicker(copyPause); ; {
		select {
		case now, more := <-lines:
			if !more {
				return err
			}
			up = now
		case <-again.C:
			if up && err == nil {
				err = c.round()
			}
		}
	}
}

func (c copier) round() error {
	one, errOne := contents(c.one)
	other, errOther := contents(c.other)
	if err := errors.Join(errOne, errOther); err != nil {
		return err
	}
	paths := maps.Clone(c.synced)
	maps.Copy(paths, one)
	maps.Copy(paths, other)
	for path := range paths {
		if err := c.sync(path, one[path], other[path]); err != nil {
			return err
		}
	}
	return nil
}

// sync makes one path the same. Nil is no file.
func (c copier) sync(path string, one, other []byte) error {
	was := c.synced[path]
	switch {
	case same(one, other):
		c.synced[path] = one
		return nil
	case same(other, was):
		c.synced[path] = one
		return put(filepath.Join(c.other, path), one)
	case !same(one, was) && one != nil && other != nil:
		if err := put(filepath.Join(c.one, path+" 2"), one); err != nil { // as iCloud Drive calls it
			return err
		}
	}
	c.synced[path] = other
	return put(filepath.Join(c.one, path), other)
}

func same(one, other []byte) bool { return (one == nil) == (other == nil) && bytes.Equal(one, other) }

// put brings a file as sync programs do, under another name first, or removes it.
func put(path string, content []byte) error {
	if content == nil {
		return os.RemoveAll(path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(path), ".syncthing."+filepath.Base(path)+".tmp")
	if err := os.WriteFile(temp, content, 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// contents reads the files below a directory but for temporary ones. What goes meanwhile was not there.
func contents(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || strings.HasSuffix(path, ".tmp") {
			return ifThere(err)
		}
		data, err := os.ReadFile(path)
		if err == nil {
			name, _ := filepath.Rel(dir, path)      // it is below
			files[name] = append([]byte{}, data...) // an empty file is not nil
		}
		return ifThere(err)
	})
	return files, err
}

// ifThere forgives that a file has gone.
func ifThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
