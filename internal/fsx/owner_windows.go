package fsx

import "io/fs"

// IsOurs reports true: the access list of their directory decides who may write these files.
func IsOurs(fs.FileInfo) bool { return true }

// SameOwner reports true, as IsOurs does.
func SameOwner(_, _ fs.FileInfo) bool { return true }
