//go:build unix && !darwin

package config

import "os"

// daemonStores is the store that the daemon's own service is started with.
func daemonStores(home string) ([]StorePath, error) { return systemd(unitDir(os.Getenv, home), home) }
