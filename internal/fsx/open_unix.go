//go:build unix

package fsx

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// neverWait are the flags with which opening neither waits for the other end of a pipe nor follows a symbolic link.
const neverWait = unix.O_NOFOLLOW | unix.O_NONBLOCK

// sharedFile is a bare descriptor: os.File would offer a regular file to the poller, in vain, which costs as much again as
// the read.
type sharedFile struct {
	fd   int
	path string
}

// onlyDirectory is the flag with which nothing but a directory is opened.
const onlyDirectory = unix.O_DIRECTORY

// notDirectory is the error of opening with onlyDirectory what is no directory, or has a file in its path.
const notDirectory = unix.ENOTDIR

// openShared opens for reading what is believed to be a regular file: a pipe that took its place does not block, a
// symbolic link is refused.
func openShared(path string) (sharedFile, error) {
	fd, err := openUnseen(path, unix.O_NOFOLLOW)
	if err != nil {
		return sharedFile{}, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return sharedFile{fd, path}, nil
}

// openUnseen opens for reading and, where it can be asked for, without a new access time: that is a write to the disk for
// each look at something that changed, and on ext4 it waits for the journal, 0.2 to 12 ms.
func openUnseen(path string, flags int) (int, error) {
	flags |= unix.O_RDONLY | unix.O_NONBLOCK | unix.O_CLOEXEC
	fd, err := retry(func() (int, error) { return unix.Open(path, flags|noAccessTime, 0) })
	// Only the owner may ask (open(2): EPERM), and what a network or user-space file system says of the flag is its own affair.
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

func (f sharedFile) isRegular() (bool, error) {
	var st unix.Stat_t
	err := unix.Fstat(f.fd, &st)
	return st.Mode&unix.S_IFMT == unix.S_IFREG, err
}

func (f sharedFile) times() (changed, written time.Time, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return time.Time{}, time.Time{}, &os.PathError{Op: "stat", Path: f.path, Err: err}
	}
	return time.Unix(st.Ctim.Unix()), time.Unix(st.Mtim.Unix()), nil
}

func (f sharedFile) Close() error { return unix.Close(f.fd) }

// retry repeats what a signal interrupted, as on FUSE and NFS.
func retry(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != unix.EINTR {
			return n, err
		}
	}
}

// IsTimeout reports whether a network file system gave up.
func IsTimeout(err error) bool { return errors.Is(err, unix.ETIMEDOUT) }

// IsEvicted reports whether a read failed because the content is in the cloud and this process may not fetch it (macOS).
func IsEvicted(err error) bool { return errors.Is(err, unix.EDEADLK) }

// IsFileLimit reports whether no more files could be opened, by this process or by all together.
func IsFileLimit(err error) bool { return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) }

// IsLoop reports whether symbolic links lead in a circle.
func IsLoop(err error) bool { return errors.Is(err, unix.ELOOP) }

// SyncDir makes a rename or link in dir last over a power cut. Not every file system can; what it did is done all the same.
func SyncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
