//go:build unix

package login

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"lockbar/internal/fsx"
)

// entryMode is the mode that the system's own tools give such files, which hold no secret.
const entryMode = 0o644

// maxEntrySize limits the size of an entry, in bytes: ours have less than 1 KB.
const maxEntrySize = 64 << 10

var errNoHome = errors.New("this user has no home directory")

// lookAt reads an entry from a file.
func lookAt(path string, read func([]byte) (string, bool)) (Setting, error) {
	data, err := fsx.ReadLinked(path, maxEntrySize)
	if errors.Is(err, fs.ErrNotExist) {
		return Setting{Entry: path}, nil
	}
	if err != nil {
		return Setting{Entry: path}, err
	}
	program, enabled := read(data)
	return Setting{Enabled: enabled, Entry: path, Program: program}, nil
}

func put(path string, content []byte) error {
	if data, err := fsx.ReadLinked(path, maxEntrySize); err == nil && bytes.Equal(data, content) {
		return nil
	}
	return fsx.Write(path, content, entryMode)
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
