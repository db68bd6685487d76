package state

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

const (
	// savedName is the file's in the state directory; who writes it holds the lock of savedGuard meanwhile.
	savedName  = "state.json"
	savedGuard = savedName + ".guard"
	// savedSchema is that of the file; of another one nothing is known.
	savedSchema = 1
	// savedTimeout is how long a writer waits for another one, which takes milliseconds.
	savedTimeout = 2 * time.Second
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

// Read returns what a state directory has: nothing where there is no file. The error names what cannot be read or understood; the
// next Update puts it aside.
func Read(stateDir string) (Saved, error) {
	if stateDir == "" {
		return Saved{}, nil
	}
	_, s, bad := read(stateDir)
	return s, bad.err()
}

// badFile is one that cannot be read or understood. The error names it.
type badFile struct {
	path string
	why  error
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

// read also returns the file's content; nil where there is no file yet, and what earlier versions wrote counts.
func read(stateDir string) ([]byte, Saved, badFiles) {
	var s Saved
	path := filepath.Join(stateDir, savedName)
	data, err := readJSON(path, &s)
	if err == nil && data == nil {
		s, bad := readEarlier(stateDir)
		return nil, s, bad
	}
	if err == nil && s.Schema != savedSchema {
		err = fmt.Errorf("%s: schema %d, not %d", path, s.Schema, savedSchema)
	}
	if err != nil {
		return nil, Saved{}, badFiles{{path, err}}
	}
	if s.Machine != machine.ID() { // in a directory that was copied
		s.Names = nil
	}
	return data, s, nil
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
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// Update changes what is saved, while no other process does. It writes nothing if nothing changed. What could not be understood is
// put aside, and the error says so, although the rest is written.
func Update(stateDir string, change func(*Saved)) error {
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return err
	}
	guard, err := fsx.OpenLock(filepath.Join(stateDir, savedGuard))
	if err != nil {
		return err
	}
	defer guard.Close()
	ctx, cancel := context.WithTimeout(context.Background(), savedTimeout)
	defer cancel()
	if _, err := fsx.WaitLock(ctx, guard); err != nil {
		return err
	}
	return update(stateDir, change)
}

func update(stateDir string, change func(*Saved)) error {
	before, s, bad := read(stateDir)
	if err := bad.err(); errors.Is(err, os.ErrDeadlineExceeded) { // the file system does not answer, and is not asked again
		return err
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
