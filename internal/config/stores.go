package config

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// StoreVariable is the environment variable that names the daemon's store.
const StoreVariable = "IAI_MCP_STORE"

// StorePath is a store's directory with the source that names it.
type StorePath struct {
	Dir  string
	From string // FromFlag, StoreVariable, FromDefault, or the path of the file that names it
}

// PutInConfig is the advice that some Problems end with.
const PutInConfig = "put the store into the config file too"

// FromFlag and FromDefault are sources of a store, besides StoreVariable and files.
const (
	FromFlag    = "--store"
	FromDefault = "the default"
)

// FoundStores is the result of a search.
type FoundStores struct {
	Stores []StorePath
	// Problems lists what is wrong with the files that were searched: unreadable, not understood or contradictory. Another store may be meant.
	Problems []error
}

// FindStores returns the stores from the first source that names any: flag, environment, config file, the daemon's own launchd plist,
// systemd unit or scheduled task, home directory. It reads the files of the daemon's service, since a program that is started from Finder or a panel
// has no shell environment. It returns none only if the user has no home directory. It starts no process and writes nothing.
func FindStores(flag []string) FoundStores {
	if len(flag) > 0 {
		return FoundStores{Stores: storesFrom(FromFlag, flag...)}
	}
	if env := os.Getenv(StoreVariable); env != "" {
		return FoundStores{Stores: storesFrom(StoreVariable, env)}
	}
	home := machine.Home() // may be empty
	stores, err := listedStores()
	var problems []error
	if len(stores) == 0 && home != "" {
		stores, problems = daemonStores(home)
	}
	if err != nil {
		problems = slices.Insert(problems, 0, err)
	}
	if len(stores) == 0 && home != "" {
		stores = storesFrom(FromDefault, filepath.Join(home, ".iai-mcp"))
	}
	return FoundStores{stores, problems}
}

func storesFrom(where string, dirs ...string) []StorePath {
	var stores []StorePath
	for _, d := range dirs {
		stores = append(stores, StorePath{d, where})
	}
	return stores
}

// daemonStores returns the store that the files of the daemon's service name, none if they name none, and the doubts about these files.
func daemonStores(home string) ([]StorePath, []error) {
	if runtime.GOOS == "windows" {
		return taskStores(installed(home), home)
	}
	return firstStore(installed(home))
}

// listedStores returns the stores of the config file.
func listedStores() ([]StorePath, error) {
	path, err := Path()
	if err != nil {
		return nil, nil // without a place for settings there are none
	}
	dirs, err := Stores(path)
	if err != nil || len(dirs) == 0 {
		return nil, err
	}
	return storesFrom(Source(path), dirs...), nil
}

// maxServiceFile bounds a file of a service, which any installer may have written, in bytes. Such files have a few KB.
const maxServiceFile = 1 << 20

func readServiceFile(path string) ([]byte, error) { return fsx.ReadLinked(path, maxServiceFile) }
