//go:build unix && !darwin

package login

import (
	"os"
	"path/filepath"

	"lockbar/internal/desktop"
)

// temporaryDirs are those of the Filesystem Hierarchy Standard and the other file systems in memory, whatever TMPDIR says.
func temporaryDirs() []string { return []string{"/tmp", "/var/tmp", "/dev/shm", "/run/user"} }

// entry follows the XDG base directory specification, which says that a relative path is to be ignored.
func entry() (string, error) {
	name := desktop.AppID + ".desktop"
	if xdg := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(xdg) {
		return filepath.Join(xdg, "autostart", name), nil
	}
	return inHome(".config", "autostart", name)
}

func read() (Setting, error) {
	path, err := entry()
	if err != nil {
		return Setting{}, err
	}
	return lookAt(path, readAutostart)
}

func enable(program string) error {
	path, err := entry()
	if err != nil {
		return err
	}
	content, err := autostart(program)
	if err != nil {
		return err
	}
	return put(path, content)
}

func disable() error {
	path, err := entry()
	if err != nil {
		return err
	}
	return remove(path)
}
