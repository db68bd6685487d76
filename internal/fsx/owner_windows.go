package fsx

import "io/fs"

// IsOurs reports true: callers ask whether another user planted a file, which on Windows the access list of the directory prevents.
func IsOurs(fs.FileInfo) bool { return true }

// SameOwner reports true, as IsOurs does.
func SameOwner(_, _ fs.FileInfo) bool { return true }
