// Package hostnames remembers, in the state directory, the names that this machine had: macOS changes its name with the
// network. That a lock bears one of them proves nothing and only adds a sentence.
package hostnames

import (
	"encoding/json"
	"path/filepath"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

const fileName = "hostnames.json"

// most is how many are kept: a laptop that has seen more networks than that is told apart by other means.
const most = 32

// maxSize bounds what is read: most names of 253 characters.
const maxSize = 16 << 10

type content struct {
	Version int      `json:"version"`
	Names   []string `json:"names"` // oldest first
}

// Names gives what is remembered; nothing where that cannot be read.
func Names(stateDir string) []string {
	if stateDir == "" {
		return nil
	}
	data, err := fsx.Read(filepath.Join(stateDir, fileName), maxSize)
	var c content
	if err != nil || json.Unmarshal(data, &c) != nil {
		return nil
	}
	return c.Names
}

// Remember adds a name, if it is not known yet.
func Remember(stateDir, name string) error {
	names := Names(stateDir)
	for _, n := range names {
		if lockcore.SameHost(n, name) {
			return nil
		}
	}
	names = append(names, name)
	data, err := json.Marshal(content{1, names[max(0, len(names)-most):]})
	if err != nil {
		return err
	}
	return fsx.Write(filepath.Join(stateDir, fileName), append(data, '\n'), 0o600)
}
