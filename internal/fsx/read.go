package fsx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// ReadTimeout bounds a read: one on a dead mount never returns.
const ReadTimeout = 2 * time.Second

// Read returns the content of the regular file at path within ReadTimeout. It follows no symbolic link: it is for a file that
// only we write.
//
// Errors: those of Load, and a *fs.PathError with os.ErrDeadlineExceeded. A read that is stuck keeps one goroutine; until it
// ends, its path is not read again.
func Read(path string, most int64) ([]byte, error) {
	return readInTime(path, func() ([]byte, error) { return read(path, most) })
}

// ReadLinked is Read for a file that people may keep elsewhere, with a symbolic link in its place.
func ReadLinked(path string, most int64) ([]byte, error) {
	return readInTime(path, func() ([]byte, error) {
		target, err := Real(path)
		switch {
		case IsAbsent(err):
			return nil, err
		case err != nil: // not every one of these names a path
			return nil, pathError(path, err)
		}
		data, err := read(target, most)
		if err != nil && target != path {
			err = fmt.Errorf("%s: %w", path, err)
		}
		return data, err
	})
}

// IsAbsent reports whether an error says that a file does not exist. Package os says so, too, of a server that does not answer Windows.
func IsAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) && !isUnanswered(err) }

// IsNotDirectory reports whether an error says that a file stands in the place of a directory.
func IsNotDirectory(err error) bool { return errors.Is(err, notDirectory) }

// IsMissing is IsAbsent or IsNotDirectory: there is no such file, or its parent is not a directory.
func IsMissing(err error) bool { return IsAbsent(err) || IsNotDirectory(err) }

func read(path string, most int64) ([]byte, error) {
	info, err := Lstat(path)
	if err != nil {
		return nil, err
	}
	f, err := Load(path, info, most)
	return f.Data, err
}

// reading has, by path, a channel for each read under way, which is closed when the read ends.
var reading sync.Map

func readInTime(path string, read func() ([]byte, error)) ([]byte, error) {
	deadline := time.After(ReadTimeout)
	ended := make(chan struct{})
	for {
		other, busy := reading.LoadOrStore(path, ended)
		if !busy {
			break
		}
		select {
		case <-other.(chan struct{}):
		case <-deadline:
			return nil, pathError(path, os.ErrDeadlineExceeded)
		}
	}
	var data []byte
	var err error
	go func() {
		d, e := read()
		reading.Delete(path)
		data, err = d, e
		close(ended)
	}()
	select {
	case <-ended:
		return data, err
	case <-deadline:
		return nil, pathError(path, os.ErrDeadlineExceeded)
	}
}
