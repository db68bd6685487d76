//go:build !unix

package discover

// ofDaemon: the daemon has no service here that could name a store.
func ofDaemon(string) ([]Store, error) { return nil, nil }
