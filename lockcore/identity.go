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

// Identity is the path by which what is kept of this store on disk is found again, whatever path led to it: symbolic links are
// resolved, the names are spelled as on disk where case does not matter, and a bind mount (Linux) is the directory that it shows.
// Device and inode numbers would not do: they may change with each start of the machine.
//
// It is determined by the first call, and stays. A file system that does not answer within fsx.ReadTimeout leaves Dir.
func (s *Store) Identity() string {
	s.identify.Do(func() {
		id, ok := fsx.InTimeOf(context.Background(), s.dir, fsx.ReadTimeout, func() string { return identity(s.dir) })
		if s.identity = id; !ok {
			s.identity = s.dir
		}
	})
	return s.identity
}

// identified is what a path led to, and the names of that: to find them again costs a read of all mounts.
type identified struct {
	real  string
	info  fs.FileInfo
	names []string
}

// namesNow are the names of what the path of the store leads to now, which may be another store than before.
func (s *Store) namesNow() []string {
	real := fsx.Resolved(s.dir)
	info, err := os.Stat(real)
	if err != nil {
		return names(real)
	}
	last := s.identified.Load()
	if last == nil || last.real != real || !os.SameFile(last.info, info) {
		last = &identified{real, info, names(real)}
		s.identified.Store(last)
	}
	return last.names
}

// identity is determined anew each time: the path of a store may lead to another one by now.
func identity(dir string) string { return names(dir)[0] }

// names are the paths by which a store is reached, its identity first. One that is not there has the names that it will have.
func names(dir string) []string {
	there, rest := existing(fsx.Resolved(dir))
	var all []string
	for _, path := range fsx.MountedAt(spelledAsOnDisk(there)) {
		all = append(all, filepath.Join(path, rest))
	}
	return all
}

// existing cuts a path behind the last directory that is there.
func existing(path string) (there, rest string) {
	for there = path; filepath.Dir(there) != there; there = filepath.Dir(there) {
		if _, err := os.Lstat(there); err == nil {
			break
		}
		rest = filepath.Join(filepath.Base(there), rest)
	}
	return there, rest
}

// spelledAsOnDisk gives each name of a path the spelling that its directory lists, where another one leads to the same file.
func spelledAsOnDisk(path string) string {
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	parent = spelledAsOnDisk(parent)
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

// spelledIn picks the spelling of name in a list, if it is not listed as it is.
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
