package state

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

const (
	// savedName is the file's in the state directory; who writes it holds the lock of savedGuard meanwhile.
	savedName  = "state.json"
	savedGuard = savedName + ".guard"
	// savedSchema is that of the file. One above it is of a later version, which may run beside this one.
	savedSchema = 1
	// lockTimeout is how long a lock is waited for. Another writer has it for milliseconds, and one that hangs must hold up no alarm.
	// The app before this one may have been killed while it started a child, which has its files until it is another program.
	lockTimeout = time.Second
	// maxSaved is the largest file that is read, in bytes: a look has some KB, a holding about 250, and a path up to 4 KiB.
	maxSaved = 8 << 20
)

// Saved is what the state file holds. Several processes write it, each its part: the tray app all, lockbar watch the holders. The
// commands that look once only read.
type Saved struct {
	Schema  int      `json:"schema"`
	Machine string   `json:"machine,omitempty"` // the id of the machine that had these names
	Names   []string `json:"names,omitempty"`   // oldest first
	// SharedID is this machine's id in stores that it shares, where another machine has that of the system; empty for the system's.
	SharedID string  `json:"shared_id,omitempty"`
	Holders  Holders `json:"holders,omitempty"`
	Looks    Looks   `json:"looks,omitempty"`
	// Told is the tray app's: what was told, and what still has to be.
	Told json.RawMessage `json:"told,omitempty"`
}

// Read returns what a state directory has: nothing where there is no file. The error names what cannot be read or understood,
// without which the rest is there.
func Read(stateDir string) (Saved, error) {
	if stateDir == "" {
		return Saved{}, nil
	}
	_, s, err := read(filepath.Join(stateDir, savedName))
	return s, err
}

// rubbish is the error of a file that was read, or cannot be one of ours. Of what cannot be read now nobody knows what it has.
type rubbish struct{ error }

func (r rubbish) Unwrap() error { return r.error }

// putAside moves what stands in the place of a file of ours, and keeps it for who wants to know what happened.
func putAside(path string) error {
	err := fsx.Rename(path, path+".bad")
	if err != nil { // a directory has that name, or is to get it from a file
		err = fsx.Rename(path, fmt.Sprintf("%s.%d.bad", path, time.Now().UnixNano()))
	}
	return err
}

// savedFile is a Saved of which each store is decoded by itself.
type savedFile struct {
	Saved
	Holders map[string]json.RawMessage `json:"holders"`
	Looks   map[string]json.RawMessage `json:"looks"`
}

// saved returns what is understood.
func (f savedFile) saved() (Saved, error) {
	s := f.Saved
	var badHolders, badLooks error
	s.Holders, badHolders = each[holding](f.Holders)
	s.Looks, badLooks = eachLook(f.Looks)
	s.Names = slices.DeleteFunc(s.Names, func(name string) bool { return name == "" }) // it was no text
	if s.Machine != machine.ID() {
		s.Names = nil // the directory was copied
	}
	return s, errors.Join(badHolders, badLooks)
}

// read also returns the file's content; nil where there is none that is whole.
func read(path string) ([]byte, Saved, error) {
	var f savedFile
	data, err := readJSON(path, &f)
	switch {
	case err == nil && data == nil:
		return nil, Saved{}, nil
	case f.Schema > savedSchema:
		return nil, Saved{}, fmt.Errorf("%s is of a later version: schema %d, not %d", path, f.Schema, savedSchema)
	case f.Schema < savedSchema && err == nil:
		return nil, Saved{}, rubbish{fmt.Errorf("%s: schema %d, not %d", path, f.Schema, savedSchema)}
	case f.Schema < savedSchema:
		return nil, Saved{}, err
	}
	s, bad := f.saved()
	if bad != nil {
		err = errors.Join(err, rubbish{fmt.Errorf("%s: %w", path, bad)})
	}
	if err != nil {
		data = nil
	}
	return data, s, err
}

// readJSON returns the content too; nil where there is no file.
func readJSON(path string, into any) ([]byte, error) {
	data, err := fsx.Read(path, maxSaved)
	switch {
	case fsx.IsMissing(err):
		return nil, nil
	case errors.Is(err, fsx.ErrNotRegular), errors.Is(err, fsx.ErrTooLarge):
		return nil, rubbish{err}
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(data, into); err != nil { // what is of the right type is decoded all the same
		return nil, rubbish{fmt.Errorf("%s: %w", path, err)}
	}
	return data, nil
}

// Update changes what is saved, while no other process does. It writes nothing if nothing changed. What was read and not understood
// is put aside, and the error says so, although the rest is written. What cannot be read now, or is of a later version, stays, and
// nothing is written. It returns within seconds, also where another writer hangs.
func Update(stateDir string, change func(*Saved)) error {
	return locked(filepath.Join(stateDir, savedGuard), func() error { return update(filepath.Join(stateDir, savedName), change) })
}

func update(path string, change func(*Saved)) error {
	before, s, said := read(path)
	if said != nil {
		if !errors.As(said, new(rubbish)) {
			return said
		}
		said = errors.Join(said, putAside(path))
	}
	change(&s)
	s.Schema, s.Machine = savedSchema, machine.ID()
	data, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return errors.Join(said, err)
	}
	if data = append(data, '\n'); bytes.Equal(data, before) {
		return nil
	}
	return errors.Join(said, fsx.Replace(path, data, 0o600))
}

// locked runs change while no other process has the lock of that file. The directory is made, 0700.
func locked(path string, change func() error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	lock, err := fsx.OpenLock(path)
	if err != nil { // something else stands there, or another user made it: to write at the same time is better than not to
		return errors.Join(err, change())
	}
	defer lock.Close()
	if _, err := waitLock(lock); err != nil {
		return err
	}
	return change()
}

func waitLock(f *os.File) (held bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	return fsx.WaitLock(ctx, f)
}
