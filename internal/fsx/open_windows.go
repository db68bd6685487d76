package fsx

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// neverWait asks the system to fetch no content. Windows has no flag against waiting for a server, so callers set a deadline. No flag refuses
// links, but making one takes a privilege or Developer Mode.
const neverWait = windows.FILE_FLAG_OPEN_NO_RECALL

// onlyDirectory has no effect on Windows: eachName checks what it opened.
const onlyDirectory = 0

// notDirectory is the error of Windows for a file in the place of a directory. For a file further up in the path Windows reports
// that the path does not exist.
const notDirectory = windows.ERROR_DIRECTORY

// openShared opens for reading, and asks the system to fetch no content. It refuses a file whose content was moved to the cloud
// since Lstat.
func openShared(path string) (sharedFile, error) {
	f, err := openHandle(path, windows.GENERIC_READ, neverWait)
	if err != nil {
		return sharedFile{}, err
	}
	info, err := statOpen(f)
	if err == nil && dataless(info) {
		err = pathError(path, ErrNotDownloaded)
	}
	if err != nil {
		f.Close()
		return sharedFile{}, err
	}
	return sharedFile{f}, nil
}

type sharedFile struct{ *os.File }

func (f sharedFile) stat() (regular bool, changed, written time.Time, err error) {
	info, err := statOpen(f.File)
	if err != nil {
		return false, time.Time{}, time.Time{}, err
	}
	return info.Mode().IsRegular(), ChangeTime(info), info.ModTime(), nil
}

// IsTimeout reports whether the server of a share did not answer or could not be reached. A broken connection
// (ERROR_NETNAME_DELETED) is not a timeout.
func IsTimeout(err error) bool { return isUnanswered(err) }

func isUnanswered(err error) bool { return isNumber(err, unanswered) }

// IsEvicted reports whether the content is elsewhere and its provider did not or could not deliver it.
func IsEvicted(err error) bool { return isNumber(err, notHere) }

func isNumber(err error, numbers []syscall.Errno) bool {
	number, ok := errors.AsType[syscall.Errno](err)
	return ok && slices.Contains(numbers, number)
}

var unanswered = []syscall.Errno{
	windows.ERROR_SEM_TIMEOUT,
	windows.ERROR_BAD_NETPATH, // no server has that name, or it is off; after a first timeout Windows returns this for a while
	windows.ERROR_NO_NET_OR_BAD_PATH,
	windows.ERROR_NETWORK_UNREACHABLE,
	windows.ERROR_HOST_UNREACHABLE,
}

var notHere = []syscall.Errno{
	windows.ERROR_CLOUD_FILE_PROVIDER_NOT_RUNNING,
	windows.ERROR_CLOUD_FILE_PROVIDER_TERMINATED,
	windows.ERROR_CLOUD_FILE_CONNECTED_PROVIDER_ONLY,
	windows.ERROR_CLOUD_FILE_AUTHENTICATION_FAILED,
	windows.ERROR_CLOUD_FILE_ACCESS_DENIED,
	windows.ERROR_CLOUD_FILE_NETWORK_UNAVAILABLE,
	windows.ERROR_CLOUD_FILE_INSUFFICIENT_RESOURCES,
	windows.ERROR_CLOUD_FILE_UNSUCCESSFUL,
	windows.ERROR_CLOUD_FILE_REQUEST_ABORTED,
	windows.ERROR_CLOUD_FILE_REQUEST_CANCELED,
	windows.ERROR_CLOUD_FILE_REQUEST_TIMEOUT,
	windows.ERROR_FILE_OFFLINE,
	windows.ERROR_REMOTE_STORAGE_NOT_ACTIVE,
}

// IsFileLimit reports whether no more files could be opened.
func IsFileLimit(err error) bool { return errors.Is(err, windows.ERROR_TOO_MANY_OPEN_FILES) }

// IsLoop reports false: Windows has a different error for each kind of link.
func IsLoop(error) bool { return false }

// SyncDir does nothing: NTFS journals its directories, and package os cannot flush one.
func SyncDir(string) {}

// ChangeTime returns the ctime of a result of Lstat. Package os does not return it, and the creation time is no substitute: a name
// that is created again within 15 s keeps the creation time of its predecessor ("tunnelling"), and daemons take over by deleting
// and creating.
func ChangeTime(info fs.FileInfo) time.Time {
	if i, ok := info.(fileInfo); ok {
		return i.changed
	}
	return info.ModTime()
}

func dataless(info fs.FileInfo) bool {
	i, ok := info.(fileInfo)
	return ok && i.away
}
