//go:build unix

package fsx

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// direntSize bounds the memory that listing a store takes; some hundred names fit.
const direntSize = 8 << 10

// EachName calls visit for every name in a directory and gives the time of its last change: its modification time or ctime,
// whichever is later, since rsync -a and other tools set the former back to where it was. It makes half of the system calls
// that os.Open and Readdirnames make, which are most of what a look costs, and opens nothing but a directory: a pipe in
// its place would block.
func EachName(dir string, visit func(name string)) (time.Time, error) {
	fd, err := openUnseen(dir, unix.O_DIRECTORY)
	if err != nil {
		return time.Time{}, &os.PathError{Op: "open", Path: dir, Err: err}
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return time.Time{}, &os.PathError{Op: "stat", Path: dir, Err: err}
	}
	return latest(time.Unix(st.Mtim.Unix()), time.Unix(st.Ctim.Unix())), EachEntry(fd, dir, visit)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// EachEntry calls visit for every name in the open directory fd; dir is its name in errors.
func EachEntry(fd int, dir string, visit func(name string)) error {
	buf := make([]byte, direntSize)
	for {
		n, err := retry(func() (int, error) { return unix.ReadDirent(fd, buf) })
		if err != nil {
			return &os.PathError{Op: "readdir", Path: dir, Err: err}
		}
		if n <= 0 {
			return nil
		}
		_, _, names := unix.ParseDirent(buf[:n], -1, nil)
		for _, name := range names {
			visit(name)
		}
	}
}
