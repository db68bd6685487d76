package fsx

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// neverWait: opening waits for nothing here. That a link took the place of a file meanwhile takes a privilege.
const neverWait = 0

// onlyDirectory: to open waits for nothing here.
const onlyDirectory = 0

// openShared opens for reading and lets others rename and delete meanwhile, which os.Open does not: the daemon's
// os.replace would fail while we look.
//
// Doubt: a file that OneDrive manages is a reparse point. Windows hides that from most programs; should it not, os.Lstat
// calls the file irregular, and it is refused.
func openShared(path string) (sharedFile, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return sharedFile{}, &os.PathError{Op: "open", Path: path, Err: err}
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil,
		windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return sharedFile{}, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return sharedFile{os.NewFile(uintptr(h), path)}, nil
}

type sharedFile struct{ *os.File }

func (f sharedFile) isRegular() (bool, error) {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular(), err
}

func (f sharedFile) times() (changed, written time.Time, err error) {
	info, err := f.Stat()
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	return ChangeTime(info), info.ModTime(), nil
}

// IsTimeout reports whether a network file system gave up.
func IsTimeout(err error) bool { return errors.Is(err, windows.ERROR_SEM_TIMEOUT) }

// IsEvicted reports whether a cloud file provider could not fetch the content.
func IsEvicted(err error) bool { return errors.Is(err, windows.ERROR_CLOUD_FILE_UNSUCCESSFUL) }

// IsFileLimit reports whether no more files could be opened.
func IsFileLimit(err error) bool { return errors.Is(err, windows.ERROR_TOO_MANY_OPEN_FILES) }

// IsLoop reports whether symbolic links lead in a circle; Windows has another error for each kind of link.
func IsLoop(error) bool { return false }

// SyncDir: NTFS journals its directories and lets nobody flush one.
func SyncDir(string) {}

// ChangeTime is when the file was made on this volume; what ReadDir and Lstat give has no ctime. Doubt: NTFS gives a name
// that is made anew within 15 s the creation time of its predecessor ("tunnelling").
func ChangeTime(info fs.FileInfo) time.Time {
	if a, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		return time.Unix(0, a.CreationTime.Nanoseconds())
	}
	return info.ModTime()
}

// dataless: FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS marks a OneDrive file whose content is in the cloud.
func dataless(info fs.FileInfo) bool {
	a, ok := info.Sys().(*syscall.Win32FileAttributeData)
	return ok && a.FileAttributes&windows.FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS != 0
}
