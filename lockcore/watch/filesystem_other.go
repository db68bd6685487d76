//go:build !linux && !darwin && !windows

package watch

// remoteFileSystem: this system is not asked.
func remoteFileSystem(string) string { return "" }
