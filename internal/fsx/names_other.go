//go:build !unix

package fsx

import (
	"errors"
	"io"
	"os"
	"time"
)

// namesAtOnce bounds the memory that listing a store takes.
const namesAtOnce = 256

// EachName calls visit for every name in a directory and gives its modification time.
func EachName(path string, visit func(name string)) (time.Time, error) {
	dir, err := os.Open(path)
	if err != nil {
		return time.Time{}, err
	}
	defer dir.Close()
	info, err := dir.Stat()
	if err != nil {
		return time.Time{}, err
	}
	for {
		names, err := dir.Readdirnames(namesAtOnce)
		for _, name := range names {
			visit(name)
		}
		if errors.Is(err, io.EOF) {
			return info.ModTime(), nil
		}
		if err != nil {
			return info.ModTime(), err
		}
	}
}
