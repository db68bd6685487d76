package cli

import (
	"fmt"
	"path/filepath"
	"unicode/utf8"

	"lockbar/internal/config"
	"lockbar/internal/state"
	"lockbar/lockcore"
)

// claims are the commands that keep something in the state directory: they make it this machine's if it is nobody's. All
// others write nothing. Without a command it is the tray.
var claims = map[string]bool{"lockbar": true, "tray": true, "watch": true, "unlock": true, "restore": true, "run": true}

// placeOf returns this machine's place in the state directory. Nothing is written into a store: usable refuses such a directory.
func placeOf(stateDir string, stores []config.StorePath, claim bool) state.Dir {
	var dirs []string
	for _, store := range stores {
		dirs = append(dirs, store.Dir)
	}
	if claim && state.StoreAround(stateDir, dirs) == "" {
		return state.Claim(stateDir)
	}
	return state.Resolve(stateDir)
}

// speakable refuses a path that is not UTF-8: no JSON can carry it, neither in what is printed nor in what is kept.
func speakable(what, path string) error {
	if utf8.ValidString(path) {
		return nil
	}
	return fmt.Errorf("%s %q is not UTF-8, and JSON cannot carry such a path, so rename it", what, path)
}

// absolute leaves an empty path empty, which would otherwise be the working directory.
func absolute(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	return filepath.Abs(path)
}

func storeDirs(stores []*lockcore.Store) (dirs []string) {
	for _, s := range stores {
		dirs = append(dirs, s.Dir())
	}
	return dirs
}
