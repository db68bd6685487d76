package lockcore

import "golang.org/x/sys/unix"

// exchange swaps two names at once (renamex_np(2), macOS 10.12; APFS and HFS+).
func exchange(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) }
