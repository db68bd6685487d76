package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
	"lockbar/lockcore"
)

const (
	// ownerName is the file with the id of the machine that owns the directory.
	ownerName = "machine"
	// ownPrefix begins the name of the subdirectory of a machine that does not own the directory.
	ownPrefix = "machine-"
	// maxOwnerSize limits the bytes that are read: an id has 16 digits.
	maxOwnerSize = 64
	// writingTime bounds the time for which an empty file counts as being written. Until then the file is read again every rereadAfter.
	writingTime = 200 * time.Millisecond
	rereadAfter = 10 * time.Millisecond
)

// Dir describes a state directory and the part of it that this machine uses.
type Dir struct {
	Given   string // the state directory, which machines may share; empty if the system has no place for it
	Path    string // the directory that this machine uses: Given, or a subdirectory
	Machine string // the id of this machine
	Owner   string // the id of the machine that owns Given; empty if none does yet, or if it cannot be read
	Problem error  // why Owner cannot be read
}

// Foreign reports whether another machine owns Given, or may own it, so that this machine uses a subdirectory.
func (d Dir) Foreign() bool { return d.Path != d.Given }

// DefaultDir returns the system's place for state, which may be shared (see Resolve); empty if there is none.
func DefaultDir() string { return machine.State.Lockbar(runtime.GOOS, os.Getenv, machine.Home()) }

// Resolve returns the Dir of a state directory for this machine. It writes nothing.
func Resolve(dir string) Dir {
	d := Dir{Given: dir, Path: dir, Machine: machine.ID()}
	if dir == "" {
		return d
	}
	d.Owner, d.Problem = owner(filepath.Join(dir, ownerName))
	if d.Problem != nil || d.Owner != "" && d.Owner != d.Machine {
		d.Path = filepath.Join(dir, ownPrefix+d.Machine)
	}
	return d
}

// Claim makes this machine the owner of the directory if it has none. A directory that cannot be written stays unowned: a later write
// fails in the same way, and reports it.
func Claim(dir string) Dir {
	d := Resolve(dir)
	if dir == "" || d.Owner != "" || d.Problem != nil || os.MkdirAll(dir, 0o700) != nil {
		return d
	}
	claim(filepath.Join(dir, ownerName), d.Machine)
	return Resolve(dir)
}

// StoreAround returns the store that contains a directory: one of stores, or any other. It returns "" if there is none, or if the system
// does not answer within fsx.ReadTimeout. A state directory in a store would be synced.
func StoreAround(dir string, stores []string) string {
	for _, store := range stores {
		if fsx.Within(dir, store) {
			return store
		}
	}
	above, _ := fsx.InTimeOf(context.Background(), dir, fsx.ReadTimeout, func() string {
		return fsx.Above(dir, lockcore.LockName, lockcore.GuardName)
	})
	return above
}

// owner returns the machine's id in the file at path; empty if there is no such file.
func owner(path string) (string, error) {
	data, err := readWritten(path)
	switch id := strings.TrimSpace(string(data)); {
	case fsx.IsMissing(err):
		return "", nil
	case err != nil:
		return "", err
	case !machine.Valid(id):
		return "", fmt.Errorf("%s does not contain a machine id", path)
	default:
		return id, nil
	}
}

// readWritten reads the file at path. It waits briefly for the content of an empty file: on some file systems claim cannot make a file with
// its content in one step.
func readWritten(path string) ([]byte, error) {
	for end := time.Now().Add(writingTime); ; time.Sleep(rereadAfter) {
		data, err := fsx.Read(path, maxOwnerSize)
		if err != nil || len(data) > 0 || time.Now().After(end) {
			return data, err
		}
	}
}

// claim makes the file at path, unless it exists. One of several machines and processes succeeds, and all others see what that one wrote.
// claim returns nothing, since a network file system may report a wrong result: only the content of the file counts.
func claim(path, id string) {
	content := []byte(id + "\n")
	if err := link(path, content); err != nil && !errors.Is(err, fs.ErrExist) {
		create(path, content)
	}
}

// create makes a file on a file system without hard links. For a moment the file is empty.
func create(path string, content []byte) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path) // this process made it
	}
}

// link makes a file with its content in one step. It fails on a file system without hard links, and with fs.ErrExist if the file exists.
func link(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+ownerName+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
