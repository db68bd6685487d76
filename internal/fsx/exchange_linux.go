package fsx

import "golang.org/x/sys/unix"

// Exchange swaps two names atomically (renameat2(2), Linux 3.15; not on every file system: NFS returns EINVAL).
func Exchange(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
}

// RenameNew renames a to b if there is no b (else fs.ErrExist).
func RenameNew(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_NOREPLACE)
}
