//go:build !linux && !darwin

package watch

// limit returns "": no limit is known that a user could raise.
func limit(error) string { return "" }
