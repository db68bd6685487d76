package login

import (
	"os"
	"path/filepath"

	"lockbar/internal/appid"
)

func entry() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library", "LaunchAgents", appid.LaunchAgentLabel+".plist"), err
}

func look() (Status, error) {
	path, err := entry()
	if err != nil {
		return Status{}, err
	}
	return lookAt(path, readLaunchAgent)
}

func enable(program string) error {
	path, err := entry()
	if err != nil {
		return err
	}
	return put(path, launchAgent(program))
}

func disable() error {
	path, err := entry()
	if err != nil {
		return err
	}
	return remove(path)
}
