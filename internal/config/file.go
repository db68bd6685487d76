package config

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Several machines may share a home directory, but each has its own settings. So a file names the machine that saved it last. This
// machine uses the settings of another one, except its pause, until a setting is changed here. Then it saves a file of its own.

// A file describes where this machine reads its settings and where it saves them.
type file struct {
	source    string // holds the current settings
	target    string // receives the new settings
	data      []byte // the content of source
	inherited bool   // another machine saved source
}

// find returns the file at path if this machine saved it, or if no machine is known to have saved it and this one has no own file beside
// it. Otherwise it returns the own file; until that exists, path is its source. It returns an error if the source cannot be read.
func find(path string) (file, error) {
	named, err := read(path)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return file{path, path, nil, false}, err // reading the file beside it would take as long
	}
	owner, known := ownerOf(named)
	if known && owner == machine.ID() {
		return file{path, path, named, false}, nil
	}
	own := ownPath(path)
	data, ownErr := fsx.ReadLinked(own, maxSize)
	switch {
	case known && owner == "" && fsx.IsAbsent(ownErr):
		return file{path, path, named, false}, nil
	case ownErr == nil, err == nil && !fsx.IsAbsent(ownErr):
		return file{own, own, data, false}, ownErr
	case known:
		return file{path, own, named, true}, nil
	}
	return file{path, path, named, false}, err
}

// ownPath returns a path beside path, such as config-0123456789abcdef.json.
func ownPath(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "-" + machine.ID() + ext
}

// ownerOf returns the ID of the machine that saved the file last; empty if the file has none. known is false if the file is empty or
// cannot be understood.
func ownerOf(data []byte) (id string, known bool) {
	top, err := members(data, 0)
	if err != nil || len(data) == 0 {
		return "", false
	}
	_ = json.Unmarshal(top.get(keyMachine), &id) // readMachine reports an invalid ID
	return id, true
}

// parse returns the settings of this machine.
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

// Source returns the file with the settings of this machine: path, or its own file beside it.
func Source(path string) string {
	f, _ := find(path) // with an error, too, the source is the file that Load tries to read
	return f.source
}

// read returns the content of a file; nil if there is none.
func read(path string) ([]byte, error) {
	data, err := fsx.ReadLinked(path, maxSize)
	if fsx.IsAbsent(err) {
		return nil, nil
	}
	return data, err
}
