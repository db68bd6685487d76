//go:build unix

package fsx

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// neverWait holds the flags that keep open(2) from waiting for the other end of a pipe and from following a symbolic link.
const neverWait = unix.O_NOFOLLOW | unix.O_NONBLOCK

// A sharedFile is a bare descriptor. On Linux os.File would try to register it with the poller, which fails for a regular file and costs
// as much as the read itself.
type sharedFile struct {
	fd   int
	path string
}

// onlyDirectory is the flag that makes open(2) open nothing but a directory.
const onlyDirectory = unix.O_DIRECTORY

// notDirectory is the error of open(2) with onlyDirectory for anything but a directory, and for a path through a file.
const notDirectory = unix.ENOTDIR

// openShared opens a regular file for reading. It does not block on a pipe that took the file's place, and refuses a symbolic link.
func openShared(path string) (sharedFile, error) {
	fd, err := openUnseen(path, unix.O_NOFOLLOW)
	if err != nil {
		return sharedFile{}, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return sharedFile{fd, path}, nil
}

// openUnseen opens path for reading, with noAccessTime where that is allowed. Without it each look at something that changed would
// write an access time to the disk, and on ext4 wait 0.2 to 12 ms for the journal.
func openUnseen(path string, flags int) (int, error) {
	flags |= unix.O_RDONLY | unix.O_NONBLOCK | unix.O_CLOEXEC
	fd, err := retry(func() (int, error) { return unix.Open(path, flags|noAccessTime, 0) })
	// Only the file's owner and root may set the flag (open(2): EPERM). Network and user-space file systems may refuse it with any error.
	if err != nil && !errors.Is(err, unix.ENOENT) && noAccessTime != 0 {
		fd, err = retry(func() (int, error) { return unix.Open(path, flags, 0) })
	}
	return fd, err
}

func (f sharedFile) Read(buf []byte) (int, error) {
	n, err := retry(func() (int, error) { return unix.Read(f.fd, buf) })
	if err != nil {
		return 0, &os.PathError{Op: "read", Path: f.path, Err: err}
	}
	if n == 0 && len(buf) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (f sharedFile) stat() (regular bool, changed, written time.Time, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return false, time.Time{}, time.Time{}, &os.PathError{Op: "stat", Path: f.path, Err: err}
	}
	return st.Mode&unix.S_IFMT == unix.S_IFREG, time.Unix(st.Ctim.Unix()), time.Unix(st.Mtim.Unix()), nil
}

func (f sharedFile) Close() error { return unix.Close(f.fd) }

// retry repeats a call that a signal interrupted, which happens on FUSE and NFS.
func retry(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != unix.EINTR {
			return n, err
		}
	}
}

// IsTimeout reports whether a network file system gave up on its server.
func IsTimeout(err error) bool { return errors.Is(err, unix.ETIMEDOUT) }

// IsEvicted reports whether a read failed because the content is in the cloud only and this process may not fetch it (macOS).
func IsEvicted(err error) bool { return errors.Is(err, unix.EDEADLK) }

// IsFileLimit reports whether too many files are open, in this process or in the whole system.
func IsFileLimit(err error) bool { return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) }

// IsLoop reports whether symbolic links form a loop.
func IsLoop(err error) bool { return errors.Is(err, unix.ELOOP) }

// SyncDir makes a rename or link in dir survive a power cut. It ignores errors: not every file system can sync a directory, and the
// change itself is done.
func SyncDir(dir string) {
	if d, err := os.OpenFile(dir, os.O_RDONLY|onlyDirectory, 0); err == nil { // onlyDirectory: it does not block on a pipe
		_ = d.Sync()
		d.Close()
	}
}
