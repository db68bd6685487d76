//go:build !linux

package machine

import (
	"os"
	"path/filepath"
)

// LeadsTo compares the directory that a path leads to with one of ours. All processes have the same root on this system.
func LeadsTo(_ int, path, store string) (same, another bool) {
	theirs, errTheirs := os.Stat(path)
	ours, errOurs := os.Stat(store)
	if errTheirs != nil || errOurs != nil || !filepath.IsAbs(path) || !theirs.IsDir() {
		return false, false
	}
	same = os.SameFile(theirs, ours)
	return same, !same
}

// HasFileIn returns unknown: the open files of another process cannot be read without cgo (macOS) or elevation (Windows). So no
// process is ever found to work on another store on these systems.
func HasFileIn(pid int, store string) (open, known bool) { return false, false }

// FlockOwners returns nothing: only Linux shows who holds flock(2) without an attempt to take it.
func FlockOwners(...string) []int { return nil }

// BehindTitle returns unknown: this system does not show the memory behind a title.
func BehindTitle(pid, title, most int) (nuls int, whole, ok bool) { return 0, false, false }

// InnerPID returns 0: only Linux has PID namespaces.
func InnerPID(pid int) int { return 0 }
