package fsx

import (
	"context"
	"os"
	"path/filepath"
)

// Within reports whether path is dir or is in it, by its name or after the links in the part of each that exists are resolved. It makes
// both absolute. If the system does not answer within ReadTimeout, as on a dead mount, the names alone decide: the caller must not hang,
// and a change checks again before it writes a backup. The unanswered question outlives the call.
func Within(path, dir string) bool {
	if lexicallyWithin(path, dir) {
		return true
	}
	if _, answers := InTimeOf(context.Background(), dir, ReadTimeout, func() error { _, err := os.Stat(dir); return err }); !answers {
		return false
	}
	yes, _ := InTimeOf(context.Background(), path, ReadTimeout, func() bool { return LeadsInto(path, dir) })
	return yes
}

func lexicallyWithin(path, dir string) bool {
	path, errPath := filepath.Abs(path)
	dir, errDir := filepath.Abs(dir)
	return errPath == nil && errDir == nil && IsBelow(dir, path)
}

// Above resolves the links in path. From there upwards it looks for a file with one of the names, and returns the first directory that has
// one; empty if it sees none. It skips a directory that may not be searched: we cannot write there either. On a dead mount Above
// never returns.
func Above(path string, names ...string) string {
	for at := Resolved(path); ; at = filepath.Dir(at) {
		for _, name := range names {
			if _, err := os.Lstat(filepath.Join(at, name)); err == nil {
				return at
			}
		}
		if filepath.Dir(at) == at {
			return ""
		}
	}
}

// LeadsInto does what Within does, without a deadline. It compares the directories themselves too, not only the names: a bind mount or
// another spelling gives a directory a second name.
func LeadsInto(path, dir string) bool {
	path = Resolved(path)
	if IsBelow(Resolved(dir), path) {
		return true
	}
	store, err := os.Stat(dir)
	if err != nil {
		return false
	}
	for at := path; ; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil && os.SameFile(info, store) {
			return true
		}
		if filepath.Dir(at) == at {
			return false
		}
	}
}

// IsBelow reports whether path, by its name alone, is dir or is in it.
func IsBelow(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// Resolved resolves the links of the longest part of path that exists.
func Resolved(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	for rest := ""; ; path = filepath.Dir(path) {
		if real, err := Real(path); err == nil {
			return filepath.Join(real, rest)
		}
		if filepath.Dir(path) == path {
			return filepath.Join(path, rest)
		}
		rest = filepath.Join(filepath.Base(path), rest)
	}
}

// IsSameFile reports whether two paths name the same existing file. It follows no symbolic link at their end.
func IsSameFile(a, b string) bool {
	x, errX := os.Lstat(a)
	y, errY := os.Lstat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
