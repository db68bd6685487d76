package login

import "lockbar/internal/desktop"

// temporaryDirs returns those of the system, whatever TMPDIR says: each user's own is below /var/folders (confstr(3)). /tmp and /var are
// links into /private.
func temporaryDirs() []string { return []string{"/tmp", "/var/tmp", "/var/folders"} }

func systemEntry() (entry, error) {
	path, err := inHome("Library", "LaunchAgents", desktop.LaunchAgentLabel+".plist")
	return mac{systemServices, path}, err
}
