//go:build !linux && !darwin

package fsx

// MountedAt lists path alone: what this system shows twice is not known here.
func MountedAt(path string) []string { return []string{path} }
