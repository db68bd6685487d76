package state

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
	"lockbar/lockcore"
)

const hostnamesName = "hostnames.json"

// keptHostnames is how many are kept: a laptop that has seen more networks than that is told apart by other means.
const keptHostnames = 32

// maxHostname is the longest name that is kept, in bytes: no system has a longer one, but --hostname may.
const maxHostname = 255

// maxHostnames bounds what is read: most of the longest names, with every character escaped.
const maxHostnames = 64 << 10

// hostnamesVersion is that of the file. The one before did not say whose names they are: where machines share a home directory
// they may be another one's, and only what this machine was called may be said of it.
const hostnamesVersion = 2

type hostnamesContent struct {
	Version int      `json:"version"`
	Machine string   `json:"machine"` // the id of the machine that had these names
	Names   []string `json:"names"`   // oldest first
}

// Hostnames returns the names that this machine had: macOS changes its name with the network. That a lock bears one of them
// proves nothing and only adds a sentence. It returns nothing where they cannot be read.
func Hostnames(stateDir string) []string {
	names, _ := ReadHostnames(stateDir)
	return names
}

// ReadHostnames returns what is remembered. A file of another version or machine says nothing of this one. The error is of a
// file that cannot be read or understood; it names it.
func ReadHostnames(stateDir string) ([]string, error) {
	if stateDir == "" {
		return nil, nil
	}
	path := filepath.Join(stateDir, hostnamesName)
	data, err := fsx.Read(path, maxHostnames)
	if fsx.IsMissing(err) {
		return nil, nil
	}
	var c hostnamesContent
	if err == nil && json.Unmarshal(data, &c) != nil {
		err = fmt.Errorf("%s does not hold the names of this machine", path)
	}
	if err != nil || c.Version != hostnamesVersion || c.Machine != machine.ID() {
		return nil, err
	}
	return c.Names, nil
}

// RememberHostname adds a name, if it is not known yet.
func RememberHostname(stateDir, name string) error {
	if len(name) > maxHostname {
		return nil
	}
	names := Hostnames(stateDir)
	for _, n := range names {
		if lockcore.SameHost(n, name) {
			return nil
		}
	}
	names = append(names, name)
	data, err := json.Marshal(hostnamesContent{hostnamesVersion, machine.ID(), names[max(0, len(names)-keptHostnames):]})
	if err != nil {
		return err
	}
	return fsx.Replace(filepath.Join(stateDir, hostnamesName), append(data, '\n'), 0o600)
}
