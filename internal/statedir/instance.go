package statedir

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
)

// hashBytes is as much of a hash as tells the state directories of one user apart.
const hashBytes = 8

// InstanceLocks are the files that the tray app of a state directory keeps locked: one in it, and one in a place of this machine and
// user, since somebody may remove the directory while the app runs.
func InstanceLocks(dir string) []string {
	return []string{filepath.Join(dir, "tray.lock"), runtimeLock(dir)}
}

// runtimeLock is the path of a lock that outlives the state directory. A relative $XDG_RUNTIME_DIR is to be ignored (XDG base
// directory specification).
func runtimeLock(stateDir string) string {
	if resolved, err := filepath.EvalSymlinks(stateDir); err == nil {
		stateDir = resolved
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(dir) {
		dir = os.TempDir()
	}
	sum := sha256.Sum256([]byte(stateDir))
	return filepath.Join(dir, fmt.Sprintf("lockbar-%d-%x.lock", os.Getuid(), sum[:hashBytes]))
}
