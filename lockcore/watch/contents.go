package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lockbar/lockcore"
)

// contents is what the directory of a store says of its lock: the names of the lock and of its copies, and which file the lock is.
//
// fsnotify's kqueue opens each file by its name. It never tells of a lock again that was replaced between open(2) and kevent(2), nor of
// one that comes after another went while the directory was listed. The directory itself tells of each change of its entries.
type contents struct {
	names string
	lock  fs.FileInfo // nil: none
}

func contentsOf(dir string) (c contents) {
	c.lock, _ = os.Lstat(filepath.Join(dir, lockcore.LockName))
	f, err := os.Open(dir)
	if err != nil {
		return c
	}
	defer f.Close()
	names, _ := f.Readdirnames(maxEntries + 1) // no store with more is watched so
	names = slices.DeleteFunc(names, func(name string) bool { return !matters(name, 0, true) })
	slices.Sort(names)
	c.names = strings.Join(names, "\x00")
	return c
}

// update reads the contents again and reports whether they changed.
func (c *contents) update(dir string) bool {
	now := contentsOf(dir)
	same := now.names == c.names && sameFile(now.lock, c.lock)
	*c = now
	return !same
}

func sameFile(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
