//go:build unix

package watch

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// contents holds the entries of a directory whose names matter. In a store these are above all the lock, its copies and .lockbar, and in
// .lockbar the files of the machines.
//
// fsnotify's kqueue opens each file by its name. If the lock is replaced between open(2) and kevent(2), or if a lock disappears while the
// directory is listed and another appears later, fsnotify reports no lock again. The directory itself reports each change of its entries.
//
// In .lockbar only contents finds changes, since fsnotify would open whatever anybody puts there. The poll finds a file that is written in
// place (Lockbar and the known sync engines rename a new file to its name), files beyond the first maxEntries, and the end of a file that
// existed only between two reads of the directory, if a look found it meanwhile.
type contents map[string]fs.FileInfo

// contentsOf reads the contents of a directory; empty if it cannot be read.
func contentsOf(dir string, how manner) contents {
	c := contents{}
	f, err := os.Open(dir)
	if err != nil {
		return c
	}
	defer f.Close()
	names, _ := f.Readdirnames(maxEntries + 1) // a store with more is watched as a whole
	for _, name := range names {
		if how == forPeers && mattersToPeers(name, 0) || how != forPeers && matters(name, 0, true) {
			c[name], _ = os.Lstat(filepath.Join(dir, name)) // nil: it disappeared meanwhile
		}
	}
	return c
}

// update reads the contents again and reports whether they changed.
func (c *contents) update(dir string, how manner) bool {
	now := contentsOf(dir, how)
	same := maps.EqualFunc(now, *c, sameFile)
	*c = now
	return !same
}

// sameFile reports whether a file is unchanged. It ignores the times of directories, which change with their entries.
func sameFile(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && (a.IsDir() || a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()))
}
