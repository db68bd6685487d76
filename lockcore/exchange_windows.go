package lockcore

import (
	"errors"

	"golang.org/x/sys/windows"
)

// exchange: NTFS cannot swap two names at once.
func exchange(string, string) error { return errors.ErrUnsupported }

// renameNew renames a to b if there is no b (else fs.ErrExist): MoveFileEx without MOVEFILE_REPLACE_EXISTING.
func renameNew(a, b string) error {
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
