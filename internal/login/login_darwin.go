package login

import "lockbar/internal/desktop"

// temporaryDirs returns the temporary directories of the system, regardless of TMPDIR: those of users are below /var/folders (confstr(3)).
// /tmp and /var are links into /private.
func temporaryDirs() []string { return []string{"/tmp", "/var/tmp", "/var/folders"} }

func systemEntry() (entry, error) {
	path, err := inHome("Library", "LaunchAgents", desktop.LaunchAgentLabel+".plist")
	return mac{systemServices, path}, err
}
