package discover

import "path/filepath"

// ofDaemon is the store that the daemon's own service is started with.
func ofDaemon(home string) ([]Store, error) {
	return launchd(filepath.Join(home, "Library", "LaunchAgents"))
}
