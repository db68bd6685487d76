//go:build !linux

package fsx

import (
	"errors"
	"io"
	"os"
	"time"
)

// namesAtOnce bounds the memory that listing a store takes.
const namesAtOnce = 256

// eachName uses Readdirnames: on macOS unix.ReadDirent opens the directory again for every buffer that it fills.
func eachName(path string, visit func(name []byte)) (time.Time, error) {
	dir, err := os.OpenFile(path, os.O_RDONLY|onlyDirectory, 0)
	if err != nil {
		return time.Time{}, err
	}
	defer dir.Close()
	info, err := statOpen(dir)
	if err == nil && !info.IsDir() {
		err = &os.PathError{Op: "open", Path: path, Err: notDirectory}
	}
	if err != nil {
		return time.Time{}, err
	}
	return latest(info.ModTime(), ChangeTime(info)), eachNameIn(dir, visit)
}

func eachNameIn(dir *os.File, visit func(name []byte)) error {
	for {
		names, err := dir.Readdirnames(namesAtOnce)
		for _, name := range names {
			visit([]byte(name))
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
