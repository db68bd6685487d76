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
		Version int         `json:"version"`
		Stores  parts[look] `json:"stores"`
	}
	var holders parts[holding]
	var names struct {
		Version int      `json:"version"`
		Machine string   `json:"machine"`
		Names   []string `json:"names"`
	}
	read := func(name string, into any, take func(data []byte) error) {
		path := filepath.Join(stateDir, name)
		data, err := readJSON(path, into)
		if err == nil && data != nil {
			if err = take(data); err != nil {
				err = fmt.Errorf("%s: %w: %w", path, errNotUnderstood, err)
			}
		}
		if err != nil {
			bad = append(bad, badFile{path, err})
		}
	}
	read(earlierTold, &told, func(data []byte) error {
		if told.Version != toldVersion {
			return fmt.Errorf("version %d, not %d", told.Version, toldVersion)
		}
		looks, err := understood(told.Stores)
		s.Told, s.Looks = data, known(looks)
		return err
	})
	read(earlierHolders, &holders, func([]byte) (err error) {
		s.Holders, err = understood(holders)
		return err
	})
	read(earlierNames, &names, func([]byte) error {
		if names.Version == namesVersion && names.Machine == machine.ID() {
			s.Names = names.Names
		}
		return nil
	})
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
