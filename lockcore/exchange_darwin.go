package lockcore

import "golang.org/x/sys/unix"

// exchange swaps two names at once (renamex_np(2), macOS 10.12; APFS and HFS+).
func exchange(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) }

// renameNew renames a to b if there is no b (else fs.ErrExist).
func renameNew(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_EXCL) }
