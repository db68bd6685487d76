// Package discover finds the stores when nobody names one: in the config file, in the daemon's own launchd plist or systemd
// unit (a program that Finder or a panel starts has no shell environment), and last in the home directory. What a file says
// is read by plain functions, the same on every system; it starts no process and writes nothing.
package discover

import (
	"errors"
	"os"
	"path/filepath"

	"lockbar/internal/config"
	"lockbar/internal/machine"
)

// Variable is the environment variable that names the daemon's store.
const Variable = "IAI_MCP_STORE"

// Store is a directory and how it was found.
type Store struct {
	Dir  string
	From string // Flag, Variable, Default, or the path of the file that names it
}

// Flag and Default are where a store may come from, beside Variable and files.
const (
	Flag    = "--store"
	Default = "the default"
)

// Found is what a search gave.
type Found struct {
	Stores []Store
	// Problem is of files that could not be read or understood, one on each line: the daemon's store may be another one.
	Problem error
}

// Search looks in this order: flag, environment, config file, the daemon's own service, the home directory.
// The first that names a store counts. It gives none only where the user has no home directory.
func Search(flag []string) Found {
	if len(flag) > 0 {
		return Found{Stores: from(Flag, flag...)}
	}
	if env := os.Getenv(Variable); env != "" {
		return Found{Stores: from(Variable, env)}
	}
	home := machine.Home() // without one there is little to search
	var f Found
	f.add(configured())
	if len(f.Stores) == 0 && home != "" {
		f.add(ofDaemon(home))
	}
	if len(f.Stores) == 0 && home != "" {
		f.Stores = from(Default, filepath.Join(home, ".iai-mcp"))
	}
	return f
}

func from(where string, dirs ...string) []Store {
	var stores []Store
	for _, d := range dirs {
		stores = append(stores, Store{d, where})
	}
	return stores
}

func (f *Found) add(stores []Store, problem error) {
	f.Stores = stores
	f.Problem = errors.Join(f.Problem, problem)
}

// configured are the stores of the config file.
func configured() ([]Store, error) {
	path, err := config.Path()
	if err != nil {
		return nil, nil // no place for settings: none were made
	}
	dirs, err := config.Stores(path)
	if err != nil || len(dirs) == 0 {
		return nil, err
	}
	return from(config.Source(path), dirs...), nil
}
