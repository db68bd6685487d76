package fsx

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// fileInfo adds to the FileInfo of package os a file's true type, its ctime, and whether its content is elsewhere. Package os calls most
// reparse points irregular, even a file that OneDrive manages.
type fileInfo struct {
	fs.FileInfo
	mode    fs.FileMode
	changed time.Time
	away    bool
}

func (i fileInfo) Mode() fs.FileMode { return i.mode }
func (i fileInfo) IsDir() bool       { return i.mode.IsDir() }

// Lstat does what os.Lstat does, and knows the true type of a reparse point. ChangeTime and SameFile take its result. It fetches no
// content.
func Lstat(path string) (fs.FileInfo, error) {
	f, err := openHandle(path, 0, windows.FILE_FLAG_OPEN_REPARSE_POINT|windows.FILE_FLAG_BACKUP_SEMANTICS)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return statOpen(f)
}

// SameFile works as os.SameFile does, and also takes results of Lstat.
func SameFile(a, b fs.FileInfo) bool { return os.SameFile(ofOS(a), ofOS(b)) }

func ofOS(info fs.FileInfo) fs.FileInfo {
	if i, ok := info.(fileInfo); ok {
		return i.FileInfo
	}
	return info
}

// IsRegular reports whether an entry of dir is a regular file. A directory listing holds the tag of each reparse point, but package os
// does not pass the tag on, so IsRegular opens the reparse point.
func IsRegular(dir string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeIrregular == 0 {
		return e.Type().IsRegular()
	}
	info, err := Lstat(filepath.Join(dir, e.Name()))
	return err == nil && info.Mode().IsRegular()
}

// openHandle opens a file with the given access rights, and lets other programs rename and delete it meanwhile. os.Open does not:
// the daemon's os.replace would fail while we read.
func openHandle(path string, access, flags uint32) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err == nil {
		var h windows.Handle
		h, err = windows.CreateFile(name, access,
			windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil, windows.OPEN_EXISTING, flags, 0)
		if err == nil {
			return os.NewFile(uintptr(h), path), nil
		}
	}
	return nil, &os.PathError{Op: "open", Path: path, Err: err}
}

// basicInfo is FILE_BASIC_INFO. A file system without a ctime (FAT) sets changed to 0.
type basicInfo struct {
	created, accessed, written, changed int64
	attributes                          uint32
}

// tagInfo is FILE_ATTRIBUTE_TAG_INFO.
type tagInfo struct{ attributes, tag uint32 }

func statOpen(f *os.File) (fs.FileInfo, error) {
	info, err := f.Stat()
	if err != nil || info.Mode()&(fs.ModeDevice|fs.ModeNamedPipe) != 0 {
		return info, err
	}
	var basic basicInfo
	var tag tagInfo
	if err = query(f, windows.FileBasicInfo, unsafe.Pointer(&basic), unsafe.Sizeof(basic)); err == nil && basic.attributes&attributeReparse != 0 {
		err = query(f, windows.FileAttributeTagInfo, unsafe.Pointer(&tag), unsafe.Sizeof(tag))
	}
	if err != nil {
		return nil, &os.PathError{Op: "stat", Path: f.Name(), Err: err}
	}
	i := fileInfo{FileInfo: info, away: isAway(basic.attributes), changed: changeTime(basic)}
	i.mode = info.Mode()&^fs.ModeType | typeOf(basic.attributes, tag.tag)
	return i, nil
}

func query(f *os.File, class uint32, into unsafe.Pointer, size uintptr) error {
	return windows.GetFileInformationByHandleEx(windows.Handle(f.Fd()), class, (*byte)(into), uint32(size))
}

func changeTime(b basicInfo) time.Time {
	ticks := b.changed
	if ticks == 0 {
		ticks = max(b.created, b.written)
	}
	t := windows.Filetime{LowDateTime: uint32(ticks), HighDateTime: uint32(ticks >> 32)}
	return time.Unix(0, t.Nanoseconds())
}
