package lockcore

import "golang.org/x/sys/unix"

// exchange swaps two names at once (renameat2(2), Linux 3.15; not on every file system: NFS answers EINVAL).
func exchange(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
}

// renameNew renames a to b if there is no b (else fs.ErrExist).
func renameNew(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_NOREPLACE)
}
