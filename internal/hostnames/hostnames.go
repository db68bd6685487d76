// Package hostnames remembers, in the state directory, the names that this machine had: macOS changes its name with the
// network. That a lock bears one of them proves nothing and only adds a sentence.
package hostnames

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
	"lockbar/lockcore"
)

const fileName = "hostnames.json"

// most is how many are kept: a laptop that has seen more networks than that is told apart by other means.
const most = 32

// maxName is the longest name that is kept, in bytes: no system has a longer one, but --hostname may.
const maxName = 255

// maxSize bounds what is read: most of the longest names, with every character escaped.
const maxSize = 64 << 10

// version is that of the file. The one before did not say whose names they are: where machines share a home directory they may
// be another one's, and only what this machine was called may be said of it.
const version = 2

type content struct {
	Version int      `json:"version"`
	Machine string   `json:"machine"` // the id of the machine that had these names
	Names   []string `json:"names"`   // oldest first
}

// Names gives what is remembered; nothing where that cannot be read.
func Names(stateDir string) []string {
	names, _ := Read(stateDir)
	return names
}

// Read gives what is remembered. A file of another version or machine says nothing of this one. The error is of a file that
// cannot be read or understood; it names it.
func Read(stateDir string) ([]string, error) {
	if stateDir == "" {
		return nil, nil
	}
	path := filepath.Join(stateDir, fileName)
	data, err := fsx.Read(path, maxSize)
	if fsx.IsMissing(err) {
		return nil, nil
	}
	var c content
	if err == nil && json.Unmarshal(data, &c) != nil {
		err = fmt.Errorf("%s does not hold the names of this machine", path)
	}
	if err != nil || c.Version != version || c.Machine != machine.ID() {
		return nil, err
	}
	return c.Names, nil
}

// Remember adds a name, if it is not known yet.
func Remember(stateDir, name string) error {
	if len(name) > maxName {
		return nil
	}
	names := Names(stateDir)
	for _, n := range names {
		if lockcore.SameHost(n, name) {
			return nil
		}
	}
	names = append(names, name)
	data, err := json.Marshal(content{version, machine.ID(), names[max(0, len(names)-most):]})
	if err != nil {
		return err
	}
	return fsx.Replace(filepath.Join(stateDir, fileName), append(data, '\n'), 0o600)
}
