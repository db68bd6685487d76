package state

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// The files of the versions before the state file. They count where they are newer, and go when it is written.
const (
	earlierTold    = "told.json"
	earlierHolders = "holders.json"
	earlierNames   = "hostnames.json"
	// toldVersion and namesVersion are those of the files: the names of the version before did not say whose they are.
	toldVersion  = 1
	namesVersion = 2
)

// writtenAt returns when a file was written last; zero where there is none.
func writtenAt(path string) time.Time {
	info, err := os.Lstat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// but returns what is saved with the parts that an earlier version has written since.
func (s Saved) but(earlier Saved) Saved {
	if earlier.Told != nil {
		s.Told = earlier.Told
	}
	for store, h := range earlier.Holders {
		s.Holders = with(s.Holders, store, h)
	}
	for store, l := range earlier.Looks {
		s.Looks = with(s.Looks, store, l)
	}
	if earlier.Names != nil {
		s.Names = earlier.Names
	}
	return s
}

// readEarlier reads what it can of what was written after that time.
func readEarlier(stateDir string, since time.Time) (s Saved, bad []error) {
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
		if !writtenAt(path).After(since) {
			return
		}
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
		if info, err := fsx.Lstat(path); err == nil && info.Mode().IsRegular() {
			_ = os.Remove(path)
		}
	}
}
