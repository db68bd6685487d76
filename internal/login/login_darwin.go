package login

import (
	"path/filepath"

	"lockbar/internal/desktop"
	"lockbar/internal/machine"
)

// temporaryDirs returns the temporary directories of the system, regardless of TMPDIR: those of users are below /var/folders (confstr(3)).
// /tmp and /var are links into /private; placesHere resolves them.
func temporaryDirs() []string { return []string{"/tmp", "/var/tmp", "/var/folders"} }

func systemEntry() (entry, error) {
	home := machine.Home()
	if home == "" {
		return nil, errNoHome
	}
	return mac{systemServices, filepath.Join(home, "Library", "LaunchAgents", desktop.LaunchAgentLabel+".plist")}, nil
}
