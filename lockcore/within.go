package lockcore

import (
	"path/filepath"
	"time"
)

// Within reports whether path is dir or lies in it, both made absolute and their symbolic links resolved as far as they
// exist. Where the system gives no answer within ReadTimeout, as on a dead mount, the names alone decide: who only looks
// shall not hang, and who writes a backup asks again. The unanswered question then outlives the call.
func Within(path, dir string) bool {
	return lexicallyWithin(path, dir) || inTime(func() bool { return within(path, dir) })
}

func lexicallyWithin(path, dir string) bool {
	path, errPath := filepath.Abs(path)
	dir, errDir := filepath.Abs(dir)
	return errPath == nil && errDir == nil && local(dir, path)
}

// inTime is the answer to a question, or no where none comes within ReadTimeout.
func inTime(question func() bool) bool {
	answer := make(chan bool, 1)
	go func() { answer <- question() }()
	select {
	case yes := <-answer:
		return yes
	case <-time.After(ReadTimeout):
		return false
	}
}

func within(path, dir string) bool {
	return local(resolved(dir), resolved(path))
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
