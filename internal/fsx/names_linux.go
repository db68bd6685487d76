package fsx

import (
	"bytes"
	"encoding/binary"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// direntSize bounds the memory that listing a store takes; the buffer holds a few hundred names.
const direntSize = 8 << 10

// eachName makes half as many system calls as os.Open and Readdirnames would. System calls are most of the cost of a look.
func eachName(dir string, visit func(name []byte)) (time.Time, error) {
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
func EachEntry(fd int, dir string, visit func(name []byte)) error {
	buf := make([]byte, direntSize)
	for {
		n, err := retry(func() (int, error) { return unix.ReadDirent(fd, buf) })
		if err != nil {
			return &os.PathError{Op: "readdir", Path: dir, Err: err}
		}
		if n <= 0 {
			return nil
		}
		for rest := buf[:n]; len(rest) > 0; {
			var name []byte
			if name, rest = nextName(rest); name != nil {
				visit(name)
			}
		}
	}
}

const (
	lengthAt = int(unsafe.Offsetof(unix.Dirent{}.Reclen))
	nameAt   = int(unsafe.Offsetof(unix.Dirent{}.Name))
)

// nextName cuts off the first of the entries that getdents64(2) filled in. The name is nil for ".", "..", and a file that was
// deleted (inode 0). unix.ParseDirent would make a string of each name, and a full store may have 100,000 names.
func nextName(entries []byte) (name, rest []byte) {
	length := int(binary.NativeEndian.Uint16(entries[lengthAt:]))
	name, _, _ = bytes.Cut(entries[nameAt:length], []byte{0})
	if inode := binary.NativeEndian.Uint64(entries); inode == 0 || string(name) == "." || string(name) == ".." {
		name = nil
	}
	return name, entries[length:]
}
