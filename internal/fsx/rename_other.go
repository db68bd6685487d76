//go:build !windows

package fsx

import "os"

// Rename is os.Rename; on Windows it tries again where another program has a file open for a moment.
func Rename(from, to string) error { return os.Rename(from, to) }
