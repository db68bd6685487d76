package lockcore_test

import (
	"io/fs"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"

	"lockbar/lockcore"
)

// TestReasonsOfWindows checks which Reason stands for the usual errors of a share, a disk or OneDrive. The error of a server that is off
// must not mean that the store is missing.
func TestReasonsOfWindows(t *testing.T) {
	t.Parallel()
	for number, want := range map[syscall.Errno]lockcore.Reason{
		windows.ERROR_FILE_NOT_FOUND:                  lockcore.StoreMissing,
		windows.ERROR_PATH_NOT_FOUND:                  lockcore.StoreMissing,
		windows.ERROR_DIRECTORY:                       lockcore.NotADirectory,
		windows.ERROR_ACCESS_DENIED:                   lockcore.Permission,
		windows.ERROR_BAD_NETPATH:                     lockcore.Timeout,
		windows.ERROR_NETWORK_UNREACHABLE:             lockcore.Timeout,
		windows.ERROR_SEM_TIMEOUT:                     lockcore.Timeout,
		windows.ERROR_BAD_NET_NAME:                    lockcore.IOError,
		windows.ERROR_NETNAME_DELETED:                 lockcore.IOError,
		windows.ERROR_DEV_NOT_EXIST:                   lockcore.IOError,
		windows.ERROR_SHARING_VIOLATION:               lockcore.IOError,
		windows.ERROR_LOCK_VIOLATION:                  lockcore.IOError,
		windows.ERROR_CLOUD_FILE_PROVIDER_NOT_RUNNING: lockcore.NotDownloaded,
		windows.ERROR_CLOUD_FILE_NETWORK_UNAVAILABLE:  lockcore.NotDownloaded,
	} {
		if got := lockcore.ReasonOf(&fs.PathError{Op: "open", Path: "lock", Err: number}); got != want {
			t.Errorf("%d (%v): %s, want %s", number, number, got, want)
		}
	}
}
