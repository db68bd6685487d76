package login

import "lockbar/internal/appid"

func entry() (string, error) {
	return inHome("Library", "LaunchAgents", appid.LaunchAgentLabel+".plist")
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
