package fsx

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// remote: a network drive or UNC path drops notifications under load and after a reconnect.
func remote(dir string) string {
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(dir) + `\`)
	if err != nil || windows.GetDriveType(root) != windows.DRIVE_REMOTE {
		return ""
	}
	return "a network drive"
}
