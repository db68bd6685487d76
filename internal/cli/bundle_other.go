//go:build !darwin

package cli

// enterBundle has nothing to do: only macOS asks where a program was started.
func enterBundle() {}
