package fsx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// ReadTimeout bounds a read, which on a dead mount would never return.
const ReadTimeout = 2 * time.Second

// Read returns the content of the regular file at path within ReadTimeout. It follows no symbolic link: it is for a file that only
// we write.
//
// Errors: those of Load, and a *fs.PathError with os.ErrDeadlineExceeded. A stuck read keeps one goroutine. Until it ends, Read
// does not read that path again.
func Read(path string, most int64) ([]byte, error) {
	return readInTime(path, func() ([]byte, error) { return read(path, most) })
}

// ReadLinked does what Read does, but follows symbolic links: people may keep the file elsewhere and put a link in its place.
func ReadLinked(path string, most int64) ([]byte, error) {
	return readInTime(path, func() ([]byte, error) {
		target, err := Real(path)
		switch {
		case IsAbsent(err):
			return nil, err
		case err != nil: // some of these errors do not name the path
			return nil, pathError(path, err)
		}
		data, err := read(target, most)
		if err != nil && target != path {
			err = fmt.Errorf("%s: %w", path, err)
		}
		return data, err
	})
}

// IsAbsent reports whether an error means that a file does not exist. On Windows package os also reports that for a server that
// does not answer; IsAbsent does not.
func IsAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) && !isUnanswered(err) }

// IsNotDirectory reports whether an error means that a file is in the place of a directory.
func IsNotDirectory(err error) bool { return errors.Is(err, notDirectory) }

// IsMissing reports whether IsAbsent or IsNotDirectory holds: there is no such file, or its parent is not a directory.
func IsMissing(err error) bool { return IsAbsent(err) || IsNotDirectory(err) }

func read(path string, most int64) ([]byte, error) {
	info, err := Lstat(path)
	if err != nil {
		return nil, err
	}
	f, err := Load(path, info, most)
	return f.Data, err
}

// reading maps the path of each read under way to a channel that is closed when the read ends.
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
