package doctor

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// writable returns an error only if dir is missing or cannot be reached: on Windows only a write would show the rights, and doctor writes
// nothing to a store.
func writable(dir string) error {
	_, err := os.Stat(dir)
	return err
}

// freeSpace returns the space that is left for this user, in bytes.
func freeSpace(dir string) (bytes uint64, known bool) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	err = windows.GetDiskFreeSpaceEx(path, &bytes, nil, nil)
	return bytes, err == nil
}

// systemName returns the version with the build, which distinguishes Windows 11 (22000 and above) from 10: both are version 10.0.
func systemName() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("Windows %d.%d build %d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}
