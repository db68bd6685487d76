//go:build !darwin

package fsx

// neverDownload has nothing to do: only macOS fetches a file because a program looks at it, and lets a program forbid that.
func neverDownload() error { return nil }
