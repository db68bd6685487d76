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
	// lockTimeout is how long a writer waits for another one, which takes milliseconds: one that hangs must hold up no alarm.
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
	Holders Holders  `json:"holders,omitempty"`
	Looks   Looks    `json:"looks,omitempty"`
	// Told is the tray app's: what was told, and what still has to be.
	Told json.RawMessage `json:"told,omitempty"`
}

// Read returns what a state directory has: nothing where there is no file. The error names what cannot be read or understood,
// without which the rest is there.
func Read(stateDir string) (Saved, error) {
	if stateDir == "" {
		return Saved{}, nil
	}
	_, s, bad := read(stateDir)
	return s, bad.err()
}

// errNotUnderstood is of a file that was read: what it has is no memory of ours.
var errNotUnderstood = errors.New("not understood")

// badFile is one that cannot be read or understood. The error names it.
type badFile struct {
	path string
	why  error
}

// isRubbish reports whether it is known that the file has nothing for us. Of one that cannot be read, or not now, nobody knows.
func (b badFile) isRubbish() bool {
	return errors.Is(b.why, errNotUnderstood) || errors.Is(b.why, fsx.ErrNotRegular) || errors.Is(b.why, fsx.ErrTooLarge)
}

type badFiles []badFile

func (b badFiles) err() error {
	var all []error
	for _, file := range b {
		all = append(all, file.why)
	}
	return errors.Join(all...)
}

// putAside makes room for new files.
func (b badFiles) putAside() error {
	var failed []error
	for _, file := range b {
		failed = append(failed, putAside(file.path))
	}
	return errors.Join(failed...)
}

// putAside moves what stands in the place of a file of ours, and keeps it for who wants to know what happened.
func putAside(path string) error {
	err := os.Rename(path, path+".bad")
	if err != nil { // a directory has that name, or is to get it from a file
		err = os.Rename(path, fmt.Sprintf("%s.%d.bad", path, time.Now().UnixNano()))
	}
	return err
}

// read also returns the file's content; nil where there is no file yet, and what earlier versions wrote counts, and where the file
// is bad.
func read(stateDir string) ([]byte, Saved, badFiles) {
	path := filepath.Join(stateDir, savedName)
	var f savedFile
	data, err := readJSON(path, &f)
	if err == nil && data == nil {
		earlier, bad := readEarlier(stateDir)
		if data, err = readJSON(path, &f); err == nil && data == nil { // else another process took them over meanwhile
			return nil, earlier, bad
		}
	}
	switch {
	case err != nil:
	case f.Schema > savedSchema:
		err = fmt.Errorf("%s is of a later version: schema %d, not %d", path, f.Schema, savedSchema)
	case f.Schema != savedSchema:
		err = fmt.Errorf("%s: %w: schema %d", path, errNotUnderstood, f.Schema)
	default:
		s, err := f.saved()
		if err == nil {
			return data, s, nil
		}
		return nil, s, badFiles{{path, fmt.Errorf("%s: %w: %w", path, errNotUnderstood, err)}}
	}
	return nil, Saved{}, badFiles{{path, err}}
}

// readJSON returns the content too; nil where there is no file.
func readJSON(path string, into any) ([]byte, error) {
	data, err := fsx.Read(path, maxSaved)
	switch {
	case fsx.IsMissing(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, errNotUnderstood, err)
	}
	return data, nil
}

// Update changes what is saved, while no other process does. It writes nothing if nothing changed. What was read and not understood
// is put aside, and the error says so, although the rest is written. What cannot be read now, or is of a later version, stays, and
// nothing is written. It returns within seconds, also where another writer hangs.
func Update(stateDir string, change func(*Saved)) error {
	return locked(filepath.Join(stateDir, savedGuard), func() error { return update(stateDir, change) })
}

func update(stateDir string, change func(*Saved)) error {
	before, s, bad := read(stateDir)
	if slices.ContainsFunc(bad, func(b badFile) bool { return !b.isRubbish() }) {
		return bad.err()
	}
	said := errors.Join(bad.err(), bad.putAside())
	change(&s)
	s.Schema, s.Machine = savedSchema, machine.ID()
	data, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return errors.Join(said, err)
	}
	if data = append(data, '\n'); bytes.Equal(data, before) {
		return nil
	}
	err = fsx.Replace(filepath.Join(stateDir, savedName), data, 0o600)
	if err == nil {
		removeEarlier(stateDir)
	}
	return errors.Join(said, err)
}

// locked runs change while no other process has the lock of that file. The directory is made, 0700.
func locked(path string, change func() error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	lock, err := fsx.OpenLock(path)
	if err != nil {
		return err
	}
	defer lock.Close()
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	if _, err := fsx.WaitLock(ctx, lock); err != nil {
		return err
	}
	return change()
}
