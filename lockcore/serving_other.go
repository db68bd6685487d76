//go:build !linux

package lockcore

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// mayBeDaemon tells by the file name of a program, on systems where reading the arguments of every process is dear, which ones
// are worth it: Python, lockbar, and this very program.
func mayBeDaemon(name, ourselves string) bool {
	return isPython(name) || strings.HasPrefix(strings.ToLower(name), "lockbar") || name != "" && strings.HasPrefix(ourselves, name)
}

// titleFits: Windows keeps the command line apart, where no title is cut. On macOS setproctitle leaves the number of arguments
// as it was, three at least (python -m MODULE), so a title that stands alone was given to exec, which cuts nothing.
func titleFits(_ int, c claim) bool { return runtime.GOOS == "windows" || c.alone }

// leadsTo compares the directory that a path leads to for a process with one of ours. All processes have one root here.
func leadsTo(_ int, path, store string) (same, another bool) {
	theirs, errTheirs := os.Stat(path)
	ours, errOurs := os.Stat(store)
	if errTheirs != nil || errOurs != nil || !filepath.IsAbs(path) || !theirs.IsDir() {
		return false, false
	}
	same = os.SameFile(theirs, ours)
	return same, !same
}

// hasFileIn: the files that another process has open are not seen without cgo (macOS) or elevation (Windows). So no process is
// ever found to serve another store here.
func hasFileIn(pid int, store string) (open, known bool) { return false, false }

// openers: no system but Linux shows who holds flock(2) without trying to take it.
func openers(store string) []int { return nil }

// innerPID: PID namespaces are Linux's.
func innerPID(pid int) int { return 0 }
