package fsx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"
)

// Load and Open refuse files with these errors; Open does not check the size.
var (
	ErrNotRegular    = errors.New("not a regular file")
	ErrTooLarge      = errors.New("too large")
	ErrNotDownloaded = errors.New("its content is in the cloud only")
)

// File holds the content and the times of a regular file.
type File struct {
	Data    []byte
	Changed time.Time // ctime, not before the last write that Data shows
	Written time.Time // modification time
}

// Load reads the file at path if it has no more than most bytes; info is the result of Lstat for path. On a dead mount Load never
// returns, so its caller sets a deadline. Where the system allows it, Load does not even update the access time on the disk.
//
// Errors: a *fs.PathError, whose cause is fs.ErrNotExist, ErrNotRegular, ErrTooLarge, ErrNotDownloaded (macOS, Windows), or an
// error of the system.
func Load(path string, info fs.FileInfo, most int64) (File, error) {
	if err := refuse(path, info, true); err != nil {
		return File{}, err
	}
	if info.Size() > most {
		return File{}, tooLarge(path, most)
	}
	f, err := openShared(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	return f.load(path, info.Size(), most)
}

// refuse returns an error for anything but a regular file, and for one that is to be read although its content is in the cloud only.
func refuse(path string, info fs.FileInfo, reads bool) error {
	switch {
	case !info.Mode().IsRegular():
		return pathError(path, problem{kindOf(info.Mode()), ErrNotRegular})
	case reads && dataless(info):
		return pathError(path, ErrNotDownloaded)
	}
	return nil
}

func (f sharedFile) load(path string, size, most int64) (File, error) {
	if regular, _, _, err := f.stat(); err == nil && !regular {
		return File{}, pathError(path, problem{"something else took its place", ErrNotRegular})
	}
	data, err := readAtMost(f, make([]byte, 0, size+1), most)
	if err != nil {
		return File{}, err
	}
	if int64(len(data)) > most {
		return File{}, tooLarge(path, most)
	}
	// The times are read after the content, so that they show a concurrent write. The caller's Lstat may have met an earlier file.
	_, changed, written, err := f.stat()
	if err != nil {
		return File{}, err
	}
	return File{Data: data, Changed: changed, Written: written}, nil
}

// readAtMost reads until r ends or more than most bytes are read. buf has room for the expected content and one more byte, so the
// read that finds the end needs no larger buffer; io.ReadAll would take more than twice the memory.
func readAtMost(r io.Reader, buf []byte, most int64) ([]byte, error) {
	for int64(len(buf)) <= most {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, 1)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return buf, nil
}

// problem gives a cause a more precise text.
type problem struct {
	text  string
	cause error
}

func (p problem) Error() string { return p.text }
func (p problem) Unwrap() error { return p.cause }

func pathError(path string, err error) error { return &fs.PathError{Op: "read", Path: path, Err: err} }

func tooLarge(path string, most int64) error {
	size := fmt.Sprintf("%d KiB", most>>10)
	if most < 1<<10 {
		size = fmt.Sprintf("%d bytes", most)
	}
	return pathError(path, problem{"larger than " + size, ErrTooLarge})
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "not a regular file"
}
