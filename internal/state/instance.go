package state

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lockbar/internal/fsx"
)

// trayLock is the file in the state directory that the tray app keeps locked.
const trayLock = "tray.lock"

// hashBytes is how many bytes of a state directory's hash are in the name of its runtime lock.
const hashBytes = 8

// InstanceLocks returns the files that the tray app of a state directory keeps locked: one in it, and one in $XDG_RUNTIME_DIR or, without
// that, in the directory for temporary files, since the state directory may be removed while the app runs. Without a state directory there
// is only the second.
func InstanceLocks(dir string) []string {
	if dir == "" {
		return []string{runtimeLock(dir)}
	}
	return []string{filepath.Join(dir, trayLock), runtimeLock(dir)}
}

// LockFiles returns the files of a state directory that serve only as locks: two while another file is written, and one as long as the tray
// app runs.
func LockFiles(dir string) []string {
	return []string{filepath.Join(dir, journalLock), filepath.Join(dir, savedGuard), filepath.Join(dir, trayLock)}
}

// runtimeLock returns the path of a lock that outlives the state directory. It ignores a relative $XDG_RUNTIME_DIR, as the XDG base
// directory specification requires.
func runtimeLock(stateDir string) string {
	if resolved, err := fsx.Real(stateDir); err == nil {
		stateDir = resolved
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(dir) {
		dir = os.TempDir()
	}
	sum := sha256.Sum256([]byte(stateDir))
	return filepath.Join(dir, fmt.Sprintf("lockbar-%d-%x.lock", os.Getuid(), sum[:hashBytes]))
}

// Instance holds the locks that make this process the only Lockbar of a state directory, until it is closed or the process ends.
type Instance []*os.File

// LockInstance takes all of these locks (InstanceLocks). It waits up to lockTimeout for each. The error wraps fsx.ErrLocked if another
// Lockbar has one of them. LockInstance calls warn for a file that cannot be locked: then only the other lock, if there is one, keeps out a
// second Lockbar.
//
// Lockbar never deletes the files: one process could then lock a deleted file while another locks a new one of the same name.
func LockInstance(locks []string, warn func(error)) (Instance, error) {
	var held Instance
	for _, path := range locks {
		f, err := lockOwn(path)
		switch {
		case errors.Is(err, fsx.ErrLocked):
			held.Close()
			return nil, err
		case err != nil:
			warn(err)
		default:
			held = append(held, f)
		}
	}
	return held, nil
}

// Close lets another Lockbar start.
func (i Instance) Close() {
	for _, f := range i {
		f.Close()
	}
}

// lockOwn locks a file unless it belongs to another user: that user could keep this program from starting.
func lockOwn(path string) (*os.File, error) {
	f, err := fsx.OpenLock(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	held := true
	switch {
	case err != nil:
	case !fsx.IsOurs(info):
		err = fmt.Errorf("%s belongs to another user", path)
	default:
		held, err = waitLock(f)
	}
	if err == nil && !held {
		err = fmt.Errorf("%s: %w", path, fsx.ErrNoLocks)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
