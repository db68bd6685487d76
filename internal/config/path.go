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

// FileVariable is the environment variable that names another file.
const FileVariable = "LOCKBAR_CONFIG"

// Path returns the path of the file, whether it is there or not: LOCKBAR_CONFIG, else the system's place for settings. The error is of
// a user without a home directory.
func Path() (string, error) {
	if path := os.Getenv(FileVariable); path != "" {
		return filepath.Abs(path)
	}
	if path := place(runtime.GOOS, os.Getenv, machine.Home()); path != "" {
		return path, nil
	}
	return "", fmt.Errorf("no place for the settings: this user has no home directory; %s may name a file", FileVariable)
}

// place returns the system's place for the file. A relative $XDG_CONFIG_HOME is to be ignored (XDG base directory specification).
func place(goos string, env func(string) string, home string) string {
	xdg := env("XDG_CONFIG_HOME")
	switch {
	case goos == "windows" && env("AppData") != "":
		return filepath.Join(env("AppData"), "Lockbar", "config.json")
	case goos == "windows", home == "" && (goos == "darwin" || !filepath.IsAbs(xdg)):
		return ""
	case goos == "darwin":
		return filepath.Join(home, "Library", "Application Support", "Lockbar", "config.json")
	case filepath.IsAbs(xdg):
		return filepath.Join(xdg, "lockbar", "config.json")
	}
	return filepath.Join(home, ".config", "lockbar", "config.json")
}

// checkStore refuses a relative path: where it leads depends on who reads it.
func checkStore(s string) error {
	if _, ok := belowHome(s); ok || filepath.IsAbs(s) {
		return nil
	}
	return fmt.Errorf("the store %q is no absolute path; one in your home directory may begin with ~/", s)
}

// Stores returns the directories that this machine's settings file lists (see Load), with ~ replaced by the home directory; none
// where there is no file. What else stands there does not matter: a typo in another key must not hide which store is meant. The
// errors are those of Load, or of a ~ without a home.
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

// belowHome returns what follows a ~; ok is false for ~name, another user's home.
func belowHome(s string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(s, "~")
	return rest, ok && (rest == "" || os.IsPathSeparator(rest[0]))
}
