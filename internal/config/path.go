package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"lockbar/internal/machine"
)

// FileVariable is the environment variable that names another settings file.
const FileVariable = "LOCKBAR_CONFIG"

// Path returns the path of the settings file, which need not exist: LOCKBAR_CONFIG, else a file in the system's place for settings. It
// returns an error if neither the environment nor a home directory tells where that is, or if LOCKBAR_CONFIG is relative and there is no
// working directory.
func Path() (string, error) {
	if path := os.Getenv(FileVariable); path != "" {
		return filepath.Abs(path)
	}
	if dir := machine.Settings.Lockbar(runtime.GOOS, os.Getenv, machine.Home()); dir != "" {
		return filepath.Join(dir, "config.json"), nil
	}
	return "", fmt.Errorf("no place for the settings: this user has no home directory; %s may name a file", FileVariable)
}

// checkStore refuses a relative path, whose meaning depends on the working directory.
func checkStore(s string) error {
	if _, ok := belowHome(s); ok || filepath.IsAbs(s) {
		return nil
	}
	return fmt.Errorf("the store %q is not an absolute path; one in your home directory may begin with ~/", s)
}

// Stores returns the directories that this machine's settings file lists (see Load), with ~ replaced by the home directory; none if there
// is no file. It ignores all other keys, since a typo in one must not hide the stores. It returns an error if the file cannot be read, if
// it is not a JSON object or its stores are invalid (*Error), or for a ~ without a home directory.
func Stores(path string) ([]string, error) {
	f, err := find(path)
	if err != nil {
		return nil, err
	}
	c, err := parseKeys(f.data, map[string]reader{keyStores: readStores})
	if err != nil {
		return nil, at(f.source, f.data, err)
	}
	return expand(c.Stores, machine.Home())
}

func expand(stores []string, home string) ([]string, error) {
	var dirs []string
	for _, s := range stores {
		rest, ok := belowHome(s)
		if ok && home == "" {
			return nil, errors.New("the settings name a store with ~, and this user has no home directory")
		}
		if ok {
			s = filepath.Join(home, rest)
		}
		dirs = append(dirs, s)
	}
	return dirs, nil
}

// belowHome returns the path after a leading ~; ok is false if there is none, and for ~name, another user's home.
func belowHome(s string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(s, "~")
	return rest, ok && (rest == "" || os.IsPathSeparator(rest[0]))
}
