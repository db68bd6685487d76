//go:build !linux

package machine

import (
	"os"
	"path/filepath"
)

// LeadsTo reports whether a path leads to the directory store, which is ours, or to another one. Both are false if that is unknown. All processes
// are taken to have the same root on this system.
func LeadsTo(_ int, path, store string) (same, another bool) {
	theirs, errTheirs := os.Stat(path)
	ours, errOurs := os.Stat(store)
	if errTheirs != nil || errOurs != nil || !filepath.IsAbs(path) || !theirs.IsDir() {
		return false, false
	}
	same = os.SameFile(theirs, ours)
	return same, !same
}

// HasFileIn returns that it is unknown: to read the open files of another process takes cgo on macOS, which lockcore must not need, and
// undocumented calls on Windows. So no process is ever found to work on another store on these systems.
func HasFileIn(pid int, store string) (open, known bool) { return false, false }

// FlockOwners returns nothing: only on Linux can the holder of flock(2) be found without an attempt to take it.
func FlockOwners(...string) []int { return nil }

// BehindTitle returns that it is unknown: lockcore asks only on Linux.
func BehindTitle(pid, title, most int) (nuls int, whole, ok bool) { return 0, false, false }

// InnerPID returns 0: only Linux has PID namespaces.
func InnerPID(pid int) int { return 0 }
