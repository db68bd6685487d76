package config

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Settings are one machine's, and several may share a home directory. So a file says which machine saved it last. What another
// one saved holds here too, without its pause, until something is changed here: that goes into a file of this machine's own.

// file names the files that this machine reads and writes its settings in.
type file struct {
	source    string // has what holds now
	target    string // gets what is saved
	data      []byte // the content of source
	inherited bool   // another machine saved it
}

// find returns this machine's settings file: path, or the one of its own beside it if another machine saved path. The error is of
// the source, which cannot be read.
func find(path string) (file, error) {
	named, err := read(path)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return file{path, path, nil, false}, err // one beside it would be waited for as long
	}
	owner, known := ownerOf(named)
	if known && owner == machine.ID() {
		return file{path, path, named, false}, nil
	}
	own := ownPath(path)
	data, ownErr := fsx.ReadLinked(own, maxSize)
	switch {
	case known && owner == "" && errors.Is(ownErr, fs.ErrNotExist):
		return file{path, path, named, false}, nil
	case ownErr == nil, err == nil && !errors.Is(ownErr, fs.ErrNotExist):
		return file{own, own, data, false}, ownErr
	case known:
		return file{path, own, named, true}, nil
	}
	return file{path, path, named, false}, err
}

// ownPath returns a path beside path, as config-0123456789abcdef.json.
func ownPath(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "-" + machine.ID() + ext
}

// ownerOf returns the machine that saved the file last: empty where nobody has marked it, and not known where there is no content
// or it cannot be understood.
func ownerOf(data []byte) (id string, known bool) {
	top, err := members(data, 0)
	if err != nil || len(data) == 0 {
		return "", false
	}
	_ = json.Unmarshal(top.get(keyMachine), &id) // what is no id is a fault that the reader tells
	return id, true
}

// parse returns what holds on this machine.
func (f file) parse() (Config, error) {
	c, err := parse(f.data)
	if err != nil {
		return Default(), at(f.source, f.data, err)
	}
	if f.inherited {
		c.PausedUntil = time.Time{}
	}
	return c, nil
}

// Source returns the file that has the settings of this machine: path, or the one of its own beside it.
func Source(path string) string {
	f, _ := find(path) // what cannot be read is the source all the same
	return f.source
}

// read returns nothing for a file that is not there.
func read(path string) ([]byte, error) {
	data, err := fsx.ReadLinked(path, maxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}
