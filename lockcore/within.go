package lockcore

import (
	"os"
	"path/filepath"
)

// Within reports whether path is dir or lies in it, both made absolute and their symbolic links resolved as far as they
// exist. Where the system gives no answer within ReadTimeout, as on a dead mount, the names alone decide: who only looks
// shall not hang, and who writes a backup asks again. The unanswered question then outlives the call.
func Within(path, dir string) bool {
	return lexicallyWithin(path, dir) || really(path, dir)
}

func lexicallyWithin(path, dir string) bool {
	path, errPath := filepath.Abs(path)
	dir, errDir := filepath.Abs(dir)
	return errPath == nil && errDir == nil && local(dir, path)
}

// StoreAbove returns the store in which path lies once its links are resolved: the nearest directory above it, or path itself, that
// has a lock or its guard. ok is false where there is none, or the system gives no answer within ReadTimeout.
func StoreAbove(path string) (store string, ok bool) {
	store, _ = inTime(make(chan struct{}, 1), ReadTimeout, func() string { return storeAbove(path) })
	return store, store != ""
}

func storeAbove(path string) string {
	for at := resolved(path); ; at = filepath.Dir(at) {
		if !isAbsent(filepath.Join(at, LockName)) || !isAbsent(filepath.Join(at, guardName)) {
			return at
		}
		if filepath.Dir(at) == at {
			return ""
		}
	}
}

// really is within, or no where the system gives no answer.
func really(path, dir string) bool {
	yes, _ := inTime(make(chan struct{}, 1), ReadTimeout, func() bool { return within(path, dir) })
	return yes
}

// within compares names, and the directories themselves: a bind mount or another spelling is no way around it.
func within(path, dir string) bool {
	path = resolved(path)
	if local(resolved(dir), path) {
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

// local: by its name path is dir or lies in it.
func local(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && (rel == "." || filepath.IsLocal(rel))
}

// resolved follows the links of the longest part of path that exists.
func resolved(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	for rest := ""; ; path = filepath.Dir(path) {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Join(real, rest)
		}
		if filepath.Dir(path) == path {
			return filepath.Join(path, rest)
		}
		rest = filepath.Join(filepath.Base(path), rest)
	}
}
