package lockcore

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"lockbar/internal/fsx"
)

// Identity returns the path that names this store in the backups and in saved state, whatever path led to it: symbolic links are
// resolved, the names are spelled as on disk if case does not matter, and a bind mount (Linux) is replaced by the directory that it
// shows. Device and inode numbers would not do: they may change with each boot.
//
// The first call determines the identity for good. If the file system does not answer within fsx.ReadTimeout, the identity is Dir.
func (s *Store) Identity() string {
	s.identityOnce.Do(func() {
		id, ok := fsx.InTimeOf(context.Background(), s.dir, fsx.ReadTimeout, func() string { return names(s.dir)[0] })
		if s.identity = id; !ok {
			s.identity = s.dir
		}
	})
	return s.identity
}

// A resolvedPath caches the names of the directory that a path led to, since finding them requires a read of all mounts.
type resolvedPath struct {
	real  string
	info  fs.FileInfo
	names []string
}

// namesNow returns the names of the directory that the store's path leads to now. That may be another one than before.
func (s *Store) namesNow() []string {
	real := fsx.Resolved(s.dir)
	info, err := os.Stat(real)
	if err != nil {
		return names(real)
	}
	last := s.lastResolved.Load()
	if last == nil || last.real != real || !os.SameFile(last.info, info) {
		last = &resolvedPath{real, info, names(real)}
		s.lastResolved.Store(last)
	}
	return last.names
}

// names returns the paths by which a store is reached, its identity first. A missing store has the names that it will have.
func names(dir string) []string {
	there, rest := splitExisting(fsx.Resolved(dir))
	var all []string
	for _, path := range fsx.MountedAt(diskSpelling(there)) {
		all = append(all, filepath.Join(path, rest))
	}
	return all
}

// splitExisting splits a path after its last existing directory.
func splitExisting(path string) (there, rest string) {
	for there = path; filepath.Dir(there) != there; there = filepath.Dir(there) {
		if _, err := os.Lstat(there); err == nil {
			break
		}
		rest = filepath.Join(filepath.Base(there), rest)
	}
	return there, rest
}

// diskSpelling spells each name of a path as its directory lists it, if another spelling leads to the same file.
func diskSpelling(path string) string {
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	parent = diskSpelling(parent)
	return filepath.Join(parent, spelling(parent, filepath.Base(path)))
}

func spelling(dir, name string) string {
	isThis := func(other string) bool { return fsx.IsSameFile(filepath.Join(dir, name), filepath.Join(dir, other)) }
	if other := strings.Map(swapCase, name); other == name || !isThis(other) {
		return name
	}
	var listed []string
	_, _ = fsx.EachName(dir, func(n []byte) {
		if strings.EqualFold(string(n), name) {
			listed = append(listed, string(n))
		}
	})
	return spelledIn(listed, name, isThis)
}

// spelledIn returns the listed spelling of name.
func spelledIn(listed []string, name string, isThis func(string) bool) string {
	if slices.Contains(listed, name) {
		return name
	}
	if i := slices.IndexFunc(listed, isThis); i >= 0 {
		return listed[i]
	}
	return name
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}
