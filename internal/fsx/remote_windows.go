package fsx

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// remote recognises a share by its path or its drive. Shares drop notifications under load and after a reconnect.
func remote(dir string) string {
	volume := filepath.VolumeName(dir)
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if isShare(volume) || err == nil && windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return "a network drive"
	}
	return ""
}
