package login

import "lockbar/internal/desktop"

// temporaryDirs are those of the system, whatever TMPDIR says: each user's own is below /var/folders (confstr(3)). /tmp and /var are
// links into /private.
func temporaryDirs() []string { return []string{"/tmp", "/var/tmp", "/var/folders"} }

func system() (mac, error) {
	path, err := inHome("Library", "LaunchAgents", desktop.LaunchAgentLabel+".plist")
	return mac{systemServices, path}, err
}

func read() (Setting, error) {
	m, err := system()
	if err != nil {
		return Setting{}, err
	}
	return m.read()
}

func enable(program string) error {
	m, err := system()
	if err != nil {
		return err
	}
	return m.enable(program)
}

func disable() error {
	m, err := system()
	if err != nil {
		return err
	}
	return m.disable()
}
