//go:build unix && !darwin

package login

import (
	"os"
	"path/filepath"

	"lockbar/internal/desktop"
	"lockbar/internal/machine"
)

// temporaryDirs returns the temporary directories of the Filesystem Hierarchy Standard, and those where file systems in memory are mounted.
func temporaryDirs() []string { return []string{"/tmp", "/var/tmp", "/dev/shm", "/run/user"} }

// autostartFile is the path of an entry of the XDG autostart specification.
type autostartFile string

func systemEntry() (entry, error) {
	dir := machine.Settings.XDG(os.Getenv, machine.Home())
	if dir == "" {
		return nil, errNoHome
	}
	return autostartFile(filepath.Join(dir, "autostart", desktop.AppID+".desktop")), nil
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
