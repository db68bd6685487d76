//go:build unix && !darwin

package login

import (
	"os"
	"path/filepath"

	"lockbar/internal/desktop"
)

// temporaryDirs returns those of the Filesystem Hierarchy Standard and the other file systems in memory, regardless of TMPDIR.
func temporaryDirs() []string { return []string{"/tmp", "/var/tmp", "/dev/shm", "/run/user"} }

// autostartFile is the path of an entry of the XDG autostart specification.
type autostartFile string

// systemEntry returns the autostart file. It ignores a relative $XDG_CONFIG_HOME (XDG base directory specification).
func systemEntry() (entry, error) {
	name := desktop.AppID + ".desktop"
	if xdg := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(xdg) {
		return autostartFile(filepath.Join(xdg, "autostart", name)), nil
	}
	path, err := inHome(".config", "autostart", name)
	return autostartFile(path), err
}

func (f autostartFile) read() (Setting, error) { return lookAt(string(f), readAutostart) }

func (f autostartFile) enable(program string) error {
	content, err := autostart(program)
	if err != nil {
		return err
	}
	return put(string(f), content)
}

func (f autostartFile) disable() error { return remove(string(f)) }
