//go:build !unix || darwin

package notify

// awaitService has nobody to ask: here the system itself shows notifications.
func awaitService() error { return nil }
