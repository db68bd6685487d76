//go:build unix && !darwin

package discover

import "os"

// ofDaemon is the store that the daemon's own service is started with.
func ofDaemon(home string) ([]Store, error) { return systemd(unitDir(os.Getenv, home), home) }
