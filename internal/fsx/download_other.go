//go:build !darwin && !windows

package fsx

// neverDownload does nothing: this system cannot forbid a file system to fetch a file.
func neverDownload() error { return nil }
