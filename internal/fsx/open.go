package fsx

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// Open opens the regular file at path as os.OpenFile does, and creates a missing one if flag has os.O_CREATE. It follows no symbolic
// link, does not block on a pipe, and opens no device.
//
// Errors: a *fs.PathError, whose cause is ErrNotRegular, ErrNotDownloaded (if flag is os.O_RDONLY), or an error of the system.
func Open(path string, flag int, perm fs.FileMode) (*os.File, error) {
	info, err := Lstat(path)
	if err == nil {
		err = refuse(path, info, flag == os.O_RDONLY)
	}
	if err != nil && !IsAbsent(err) {
		return nil, err
	}
	f, err := os.OpenFile(path, flag|neverWait, perm)
	if err != nil {
		return nil, err
	}
	if info, err = statOpen(f); err == nil {
		err = refuse(path, info, flag == os.O_RDONLY) // something else may have taken its place
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ReadEnd returns the last bytes of the regular file at path, no more than limit, within ReadTimeout. Its errors are those of Read except
// ErrTooLarge.
func ReadEnd(path string, limit int64) ([]byte, error) {
	return readInTime(path, func() ([]byte, error) { return readEnd(path, limit) })
}

func readEnd(path string, limit int64) ([]byte, error) {
	f, err := Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	data := make([]byte, min(end, limit))
	n, err := f.ReadAt(data, end-int64(len(data)))
	if errors.Is(err, io.EOF) { // it was truncated meanwhile
		err = nil
	}
	return data[:n], err
}
