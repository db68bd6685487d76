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
	// ownerName is the file with the id of the machine whose directory it is.
	ownerName = "machine"
	// ownPrefix begins the name of another machine's directory.
	ownPrefix = "machine-"
	// maxOwnerSize bounds what is read: an id has 16 digits.
	maxOwnerSize = 64
	// writingTime is how long a file without content is taken for one that is being written.
	writingTime = 200 * time.Millisecond
	rereadAfter = 10 * time.Millisecond
)

// Dir is a state directory and what of it is this machine's.
type Dir struct {
	Given   string // the directory that may be shared; empty where the system has no place for it
	Path    string // this machine's: Given, or a directory in it
	Machine string // the id of this machine
	Owner   string // the id of the machine that owns Given; empty where nobody does yet, or it cannot be told
	Problem error  // why it cannot be told
}

// Foreign reports whether this machine has a directory of its own in one that is not its own.
func (d Dir) Foreign() bool { return d.Path != d.Given }

// DefaultDir returns the system's place for state, which may be shared (Resolve). It is empty where there is none.
func DefaultDir() string { return defaultDir(runtime.GOOS, os.Getenv, machine.Home()) }

// defaultDir follows, outside of macOS and Windows, the XDG base directory specification, by which a relative path is to be
// ignored.
func defaultDir(goos string, env func(string) string, home string) string {
	local, xdg := env("LocalAppData"), env("XDG_STATE_HOME")
	switch {
	case goos == "windows" && local != "":
		return filepath.Join(local, "Lockbar")
	case goos == "windows", home == "" && (goos == "darwin" || !filepath.IsAbs(xdg)):
		return ""
	case goos == "darwin":
		return filepath.Join(home, "Library", "Application Support", "Lockbar")
	case filepath.IsAbs(xdg):
		return filepath.Join(xdg, "lockbar")
	}
	return filepath.Join(home, ".local", "state", "lockbar")
}

// Resolve returns what a state directory is to this machine now. It writes nothing.
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

// Claim makes the directory this machine's if it is nobody's. What cannot be written stays unowned: whoever keeps something
// there meets the same error and says it.
func Claim(dir string) Dir {
	d := Resolve(dir)
	if dir == "" || d.Owner != "" || d.Problem != nil || os.MkdirAll(dir, 0o700) != nil {
		return d
	}
	claim(filepath.Join(dir, ownerName), d.Machine)
	return Resolve(dir)
}

// StoreAround returns the store in which a directory lies, one of these or any other; empty where there is none, or the system
// gives no answer within fsx.ReadTimeout. What is kept there would be synced.
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

// owner returns the id in the file at path; empty where there is no such file.
func owner(path string) (string, error) {
	data, err := readWritten(path)
	switch id := strings.TrimSpace(string(data)); {
	case fsx.IsMissing(err):
		return "", nil
	case err != nil:
		return "", err
	case !machine.Valid(id):
		return "", fmt.Errorf("%s does not hold the id of a machine", path)
	default:
		return id, nil
	}
}

// readWritten waits for a moment where the content is still to be written: not every file system lets claim do both at once.
func readWritten(path string) ([]byte, error) {
	for end := time.Now().Add(writingTime); ; time.Sleep(rereadAfter) {
		data, err := fsx.Read(path, maxOwnerSize)
		if err != nil || len(data) > 0 || time.Now().After(end) {
			return data, err
		}
	}
}

// claim makes the file at path, unless it is there: of several machines and processes one succeeds, and all others see what it
// wrote. Nothing is returned: what the file says then decides, also where a network file system answers wrongly.
func claim(path, id string) {
	content := []byte(id + "\n")
	if err := link(path, content); err != nil && !errors.Is(err, fs.ErrExist) {
		create(path, content)
	}
}

// create is for file systems without hard links: for a moment the file is there without its content.
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

// link makes a file with its content in one step. The error is also of a file system without hard links.
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
