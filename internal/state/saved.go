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
	// savedName is the name of the state file. A writer locks savedGuard.
	savedName  = "state.json"
	savedGuard = savedName + ".guard"
	// savedSchema is the schema of the file. A file with a higher one is of a later version of Lockbar, which may run beside this one.
	savedSchema = 1
	// lockTimeout bounds the wait for a lock. Another writer has the lock for milliseconds; one that hangs must not delay an alarm for
	// longer. An app that starts must wait too: if the previous app was killed while it started a child process, that child has the app's
	// locks until it calls exec.
	lockTimeout = time.Second
	// maxSaved limits the file that is read, in bytes. A look has some KB, a holding about 500 bytes (more with other machines), and a
	// path up to 4 KiB.
	maxSaved = 8 << 20
)

// Saved is the content of the state file. The tray app writes all of it, and lockbar watch writes the holders. The other commands only read
// it.
type Saved struct {
	Schema  int      `json:"schema"`
	Machine string   `json:"machine,omitempty"` // the id of the machine that had these names
	Names   []string `json:"names,omitempty"`   // oldest first
	// SharedID is the id that this machine uses in shared stores if another machine has the same system id; empty if it uses the system's.
	SharedID string  `json:"shared_id,omitempty"`
	Holders  Holders `json:"holders,omitempty"`
	Looks    Looks   `json:"looks,omitempty"`
	// Told is a notify.Saved, which the tray app writes: the facts that the user was told, and those that are still due.
	Told json.RawMessage `json:"told,omitempty"`
}

// Read returns the saved state of a directory; a zero one if there is no file. The error names what cannot be read or parsed. Read returns
// the valid rest with it.
func Read(stateDir string) (Saved, error) {
	if stateDir == "" {
		return Saved{}, nil
	}
	_, s, err := read(filepath.Join(stateDir, savedName))
	return s, err
}

// unusable is the error for a file whose content is invalid, or that cannot be one of ours. It is not used for a file that cannot be read
// now, since the content of that file may be valid.
type unusable struct{ error }

func (r unusable) Unwrap() error { return r.error }

// setAside renames an unusable file that has the name of one of ours, and so keeps it for a person to find the cause.
func setAside(path string) error {
	err := fsx.Rename(path, path+".bad")
	if err != nil { // perhaps one of the two is a directory
		err = fsx.Rename(path, fmt.Sprintf("%s.%d.bad", path, time.Now().UnixNano()))
	}
	return err
}

// savedFile is a Saved whose stores are decoded one by one.
type savedFile struct {
	Saved
	Holders map[string]json.RawMessage `json:"holders"`
	Looks   map[string]json.RawMessage `json:"looks"`
}

// saved returns the valid part.
func (f savedFile) saved() (Saved, error) {
	s := f.Saved
	var badHolders, badLooks error
	s.Holders, badHolders = each[holding](f.Holders)
	s.Looks, badLooks = eachLook(f.Looks)
	s.Names = slices.DeleteFunc(s.Names, func(name string) bool { return name == "" }) // it was not a string in the file
	if s.Machine != machine.ID() {
		s.Names = nil // the directory was copied
	}
	return s, errors.Join(badHolders, badLooks)
}

// read returns the content of the file, and the Saved in it. The content is nil if there is none, or if a part is invalid.
func read(path string) ([]byte, Saved, error) {
	var f savedFile
	data, err := readJSON(path, &f)
	switch {
	case err == nil && data == nil:
		return nil, Saved{}, nil
	case f.Schema > savedSchema:
		return nil, Saved{}, fmt.Errorf("%s was written by a later version of Lockbar: schema %d, not %d", path, f.Schema, savedSchema)
	case f.Schema < savedSchema && err == nil:
		return nil, Saved{}, unusable{fmt.Errorf("%s: schema %d, not %d", path, f.Schema, savedSchema)}
	case f.Schema < savedSchema:
		return nil, Saved{}, err
	}
	s, bad := f.saved()
	if bad != nil {
		err = errors.Join(err, unusable{fmt.Errorf("%s: %w", path, bad)})
	}
	if err != nil {
		data = nil
	}
	return data, s, err
}

// readJSON decodes a file and returns its content; nil if there is no file. If a value has the wrong type, it returns an error, but still
// decodes the others.
func readJSON(path string, into any) ([]byte, error) {
	data, err := fsx.Read(path, maxSaved)
	switch {
	case fsx.IsMissing(err):
		return nil, nil
	case errors.Is(err, fsx.ErrNotRegular), errors.Is(err, fsx.ErrTooLarge):
		return nil, unusable{err}
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return nil, unusable{fmt.Errorf("%s: %w", path, err)}
	}
	return data, nil
}

// Update changes the saved state while no other process does (but see locked). It writes nothing if nothing changed. It sets an unusable
// file aside and returns an error for that, but still writes the valid part. If the file cannot be read now, or is of a later version,
// Update writes nothing and returns an error. It waits only lockTimeout for another writer that hangs.
func Update(stateDir string, change func(*Saved)) error {
	return locked(filepath.Join(stateDir, savedGuard), func() error { return update(filepath.Join(stateDir, savedName), change) })
}

func update(path string, change func(*Saved)) error {
	before, s, problem := read(path)
	if problem != nil {
		if !errors.As(problem, new(unusable)) {
			return problem
		}
		problem = errors.Join(problem, setAside(path))
	}
	change(&s)
	s.Schema, s.Machine = savedSchema, machine.ID()
	data, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return errors.Join(problem, err)
	}
	if data = append(data, '\n'); bytes.Equal(data, before) {
		return nil
	}
	return errors.Join(problem, fsx.Replace(path, data, 0o600))
}

// locked runs change while this process has the lock of that file. It also runs change if the file system has no locks, or, with an error,
// if the file cannot be opened. It does not run change if another process keeps the lock. It makes the file's directory, with mode 0700.
func locked(path string, change func() error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	lock, err := fsx.OpenLock(path)
	if err != nil { // it is not a lock file, or another user's: change runs unlocked, since that is better than no write
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
