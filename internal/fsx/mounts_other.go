//go:build !linux && !darwin

package fsx

// MountedAt returns path alone: other paths to the directory cannot be found on this system.
func MountedAt(path string) []string { return []string{path} }
