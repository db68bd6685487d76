package state

import (
	"encoding/json"
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
func readEarlier(stateDir string) (s Saved, bad []error) {
	var told struct {
		Version int                        `json:"version"`
		Stores  map[string]json.RawMessage `json:"stores"`
	}
	var holders map[string]json.RawMessage
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
				err = rubbish{path, fmt.Errorf("%s: %w", path, err)}
			}
		}
		if err != nil {
			bad = append(bad, err)
		}
	}
	read(earlierTold, &told, func(data []byte) (err error) {
		if told.Version != toldVersion {
			return fmt.Errorf("version %d, not %d", told.Version, toldVersion)
		}
		s.Told = data
		s.Looks, err = eachLook(told.Stores)
		return err
	})
	read(earlierHolders, &holders, func([]byte) (err error) {
		s.Holders, err = each[holding](holders)
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
