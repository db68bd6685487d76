//go:build !darwin && !windows

package fsx

// neverDownload has nothing to do: there is no way here to forbid a file system to fetch a file.
func neverDownload() error { return nil }
