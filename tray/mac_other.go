//go:build !darwin || !cgo

package tray

// What only macOS has or needs; mac_darwin.go documents it.

var wakes <-chan struct{}

func hasWindowServer() bool { return true }

func stayAwake() {}

func screenAsleep() bool { return false }

func setLabel(string) {}
