//go:build !linux

package machine

import (
	"os"
	"path/filepath"
)

// LeadsTo compares the directory that a path leads to for a process with one of ours. All processes have one root here.
func LeadsTo(_ int, path, store string) (same, another bool) {
	theirs, errTheirs := os.Stat(path)
	ours, errOurs := os.Stat(store)
	if errTheirs != nil || errOurs != nil || !filepath.IsAbs(path) || !theirs.IsDir() {
		return false, false
	}
	same = os.SameFile(theirs, ours)
	return same, !same
}

// HasFileIn knows nothing: the files that another process has open are not seen without cgo (macOS) or elevation (Windows). So no process is
// ever found to serve another store here.
func HasFileIn(pid int, store string) (open, known bool) { return false, false }

// FlockOwners knows none: no system but Linux shows who holds flock(2) without trying to take it.
func FlockOwners(...string) []int { return nil }

// BehindTitle is not known on this system.
func BehindTitle(pid, title, most int) (nuls int, whole, ok bool) { return 0, false, false }

// InnerPID returns 0: only Linux has PID namespaces.
func InnerPID(pid int) int { return 0 }
