package fsx

import "golang.org/x/sys/unix"

// Exchange swaps two names atomically (renamex_np(2), macOS 10.12; APFS and HFS+).
func Exchange(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) }

// RenameNew renames a to b if there is no b (else fs.ErrExist).
func RenameNew(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_EXCL) }
