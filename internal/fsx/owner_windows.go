package fsx

import "io/fs"

// IsOurs reports true: on Windows the access list of a file's directory decides who may write the file.
func IsOurs(fs.FileInfo) bool { return true }

// SameOwner reports true, as IsOurs does.
func SameOwner(_, _ fs.FileInfo) bool { return true }
