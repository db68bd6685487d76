//go:build !linux && !darwin

package lockcore

// mountedAt lists path alone: what this system shows twice is not known here.
func mountedAt(path string) []string { return []string{path} }
