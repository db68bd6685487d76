package fsx

import (
	"errors"

	"golang.org/x/sys/windows"
)

// Exchange fails: NTFS cannot swap two names atomically.
//
// Doubt: os.Remove and RenameNew fail while another program has the file open without FILE_SHARE_DELETE, as Python's open() does, and so
// does Rename if that lasts longer than its retries. Deleted files may linger until the last handle is closed. Such a change fails with a
// sharing violation. The lock stays, and the change can be retried. This was never run on Windows.
func Exchange(string, string) error { return errors.ErrUnsupported }

// RenameNew renames a to b if there is no b (else fs.ErrExist): MoveFileEx without MOVEFILE_REPLACE_EXISTING.
func RenameNew(a, b string) error {
	from, err := windows.UTF16PtrFromString(a)
	if err != nil {
		return err
	}
	to, err := windows.UTF16PtrFromString(b)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(from, to, windows.MOVEFILE_WRITE_THROUGH)
}
