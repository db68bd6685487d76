package doctor

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// writable tells only whether dir is there: rights on Windows are told by trying, and nothing is written to a store.
func writable(dir string) error {
	_, err := os.Stat(dir)
	return err
}

// freeSpace returns what is left for this user, in bytes.
func freeSpace(dir string) (bytes uint64, known bool) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	err = windows.GetDiskFreeSpaceEx(path, &bytes, nil, nil)
	return bytes, err == nil
}

// systemName includes the build, which tells Windows 11 (22000 and above) from 10: both call themselves 10.0.
func systemName() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("Windows %d.%d build %d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}
