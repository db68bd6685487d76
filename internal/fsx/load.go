package fsx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"
)

// Why a file is not read although the system would.
var (
	ErrNotRegular    = errors.New("not a regular file")
	ErrTooLarge      = errors.New("too large")
	ErrNotDownloaded = errors.New("its content is in the cloud only")
)

// File holds what was read of a regular file.
type File struct {
	Data    []byte
	Changed time.Time // ctime, not before the last write that Data shows
	Written time.Time // modification time
}

// Load reads the file of which Lstat gave info, up to most bytes. It returns when the system answers, which on a dead mount
// is never: its caller keeps the time. It writes nothing to the disk, not even an access time where the system can do without.
//
// Errors: a *fs.PathError, whose cause is fs.ErrNotExist, ErrNotRegular, ErrTooLarge, ErrNotDownloaded (macOS, Windows), or what
// the system said.
func Load(path string, info fs.FileInfo, most int64) (File, error) {
	switch {
	case !info.Mode().IsRegular():
		return File{}, pathError(path, problem{kindOf(info.Mode()), ErrNotRegular})
	case dataless(info):
		return File{}, pathError(path, ErrNotDownloaded)
	case info.Size() > most:
		return File{}, tooLarge(path, most)
	}
	f, err := openShared(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	return f.load(path, info.Size(), most)
}

func (f sharedFile) load(path string, size, most int64) (File, error) {
	if regular, err := f.isRegular(); err == nil && !regular {
		return File{}, pathError(path, problem{"something else took its place", ErrNotRegular})
	}
	data, err := readAtMost(f, make([]byte, 0, size+1), most)
	if err != nil {
		return File{}, err
	}
	if int64(len(data)) > most {
		return File{}, tooLarge(path, most)
	}
	// After the read, so that whoever writes meanwhile shows: a look may still meet the file of before by its name.
	changed, written, err := f.times()
	if err != nil {
		return File{}, err
	}
	return File{Data: data, Changed: changed, Written: written}, nil
}

// readAtMost reads to the end, or to one byte more than the most. buf has room for what is expected and one more, so that
// the end is seen without growing it: io.ReadAll would take twice the memory and more.
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

// problem says more of a cause than its name.
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
