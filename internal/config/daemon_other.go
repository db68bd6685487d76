//go:build !unix

package config

// daemonStores: the daemon has no service here that could name a store.
func daemonStores(string) ([]StorePath, error) { return nil, nil }
