package config

import "path/filepath"

// daemonStores is the store that the daemon's own service is started with.
func daemonStores(home string) ([]StorePath, error) {
	return launchd(filepath.Join(home, "Library", "LaunchAgents"))
}
