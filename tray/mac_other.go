//go:build !darwin || !cgo

package tray

// This file stands in for mac_darwin.go, which documents it.

var wakes <-chan struct{}

func hasWindowServer() bool { return true }

func stayAwake() {}

func screenAsleep() bool { return false }

func setLabel(string) {}
