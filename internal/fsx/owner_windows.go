package fsx

import "io/fs"

// IsOurs reports true: who may write where these files lie is up to the access list of their directory.
func IsOurs(fs.FileInfo) bool { return true }

// SameOwner reports true, as IsOurs does.
func SameOwner(_, _ fs.FileInfo) bool { return true }
