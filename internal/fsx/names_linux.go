package fsx

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// direntSize bounds the memory that listing a store takes; some hundred names fit.
const direntSize = 8 << 10

// eachName makes half of the system calls that os.Open and Readdirnames make, which are most of what a look costs.
func eachName(dir string, visit func(name string)) (time.Time, error) {
	fd, err := openUnseen(dir, onlyDirectory)
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
