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

// TestTwoHostsByCopies plays the stories on any machine. Both hosts share one process table here. That does not matter: a daemon's title
// names its store, and each host's copy of the store is a directory of its own, so each Lockbar takes the other host's daemon for that of
// another store.
func TestTwoHostsByCopies(t *testing.T) {
	t.Parallel()
	playOnTwoHosts(t, func(t *testing.T) hosts {
		a, b := newMachine(t, "mac-a", idA), newMachine(t, "mac-b", idB)
		return hosts{a, b, copyStores(t, a.store, b.store)}
	})
}

// copyStores starts a copier that ends with the test. It returns a function that sets the copier's line up or down.
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

// copyInterval is the sync interval of the copier, much longer than Lockbar takes to see a change on its own machine.
const copyInterval = 300 * time.Millisecond

// copier syncs two directories as a plain sync program does: it copies a file that changed in one of them, and removes a file that was
// removed. If a file changed in both, the version of other wins, and that of one stays as a conflict copy.
type copier struct {
	one, other string
	synced     map[string][]byte // relative path -> content after the last sync
}

// run syncs while the line is up and nothing has failed, until lines is closed.
func (c copier) run(lines <-chan bool) (err error) {
	up := true
	for ticker := time.NewTicker(copyInterval); ; {
		select {
		case state, open := <-lines:
			if !open {
				return err
			}
			up = state
		case <-ticker.C:
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

// sync syncs one path. Nil means that there is no file.
func (c copier) sync(path string, one, other []byte) error {
	synced := c.synced[path]
	switch {
	case same(one, other):
		c.synced[path] = one
		return nil
	case same(other, synced):
		c.synced[path] = one
		return put(filepath.Join(c.other, path), one)
	case !same(one, synced) && one != nil && other != nil:
		if err := put(filepath.Join(c.one, path+" 2"), one); err != nil { // named as by iCloud Drive
			return err
		}
	}
	c.synced[path] = other
	return put(filepath.Join(c.one, path), other)
}

func same(one, other []byte) bool { return (one == nil) == (other == nil) && bytes.Equal(one, other) }

// put writes a file through a temporary file, as sync programs do, or removes the file if content is nil.
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

// contents reads the files below a directory, except temporary ones. It ignores files that disappear meanwhile.
func contents(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || strings.HasSuffix(path, ".tmp") {
			return ignoreNotExist(err)
		}
		data, err := os.ReadFile(path)
		if err == nil {
			name, _ := filepath.Rel(dir, path)      // cannot fail, because path is below dir
			files[name] = append([]byte{}, data...) // not nil, even for an empty file
		}
		return ignoreNotExist(err)
	})
	return files, err
}

func ignoreNotExist(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
