//go:build !linux && !darwin

package watch

// limit: no limits are known that a user could raise.
func limit(error) string { return "" }
