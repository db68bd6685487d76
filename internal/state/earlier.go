package state

import (
	"fmt"
	"os"
	"path/filepath"

	"lockbar/internal/machine"
)

// The files of the versions before the state file. They count where that is not there, and go when it is written.
const (
	earlierTold    = "told.json"
	earlierHolders = "holders.json"
	earlierNames   = "hostnames.json"
	// toldVersion and namesVersion are those of the files: the names of the version before did not say whose they are.
	toldVersion  = 1
	namesVersion = 2
)

// readEarlier reads what it can.
func readEarlier(stateDir string) (s Saved, bad badFiles) {
	var told struct {
		Version int   `json:"version"`
		Stores  Looks `json:"stores"`
	}
	var names struct {
		Version int      `json:"version"`
		Machine string   `json:"machine"`
		Names   []string `json:"names"`
	}
	read := func(name string, into any) (data []byte, ok bool) {
		path := filepath.Join(stateDir, name)
		data, err := readJSON(path, into)
		if err == nil && data != nil && name == earlierTold && told.Version != toldVersion {
			err = fmt.Errorf("%s: version %d, not %d", path, told.Version, toldVersion)
		}
		if err != nil {
			bad = append(bad, badFile{path, err})
		}
		return data, err == nil
	}
	if data, ok := read(earlierTold, &told); ok {
		s.Told, s.Looks = data, told.Stores.known()
	}
	if _, ok := read(earlierHolders, &s.Holders); !ok {
		s.Holders = nil
	}
	if _, ok := read(earlierNames, &names); ok && names.Version == namesVersion && names.Machine == machine.ID() {
		s.Names = names.Names
	}
	return s, bad
}

func removeEarlier(stateDir string) {
	for _, name := range []string{earlierTold, earlierHolders, earlierHolders + ".guard", earlierNames} {
		path := filepath.Join(stateDir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
			_ = os.Remove(path)
		}
	}
}
