//go:build !darwin && !windows

package fsx

// neverDownload has nothing to do: no file system of this system fetches a file because a program looks at it, and lets a program forbid that.
func neverDownload() error { return nil }
