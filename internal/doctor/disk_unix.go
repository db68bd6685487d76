//go:build linux || darwin

package doctor

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// writable returns an error if this user may not make and remove files in dir.
func writable(dir string) error {
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return &fs.PathError{Op: "write", Path: dir, Err: err}
	}
	return nil
}

// freeSpace returns the space that is left for this user, in bytes.
func freeSpace(dir string) (bytes uint64, known bool) {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return 0, false
	}
	return st.Bavail * uint64(st.Bsize), true
}
