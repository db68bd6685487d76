//go:build !unix || darwin

// Package sessionbus is empty here: this system has no session bus.
package sessionbus
