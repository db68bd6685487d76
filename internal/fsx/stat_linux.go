package fsx

import (
	"io/fs"
	"syscall"
	"time"
)

// noAccessTime asks that reading leaves the access time alone.
const noAccessTime = syscall.O_NOATIME

// ChangeTime returns the ctime: when this name appeared or changed here, whatever a sync engine made of the modification time.
func ChangeTime(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(st.Ctim.Unix())
	}
	return info.ModTime()
}

// dataless reports false: no file system of Linux has such files.
func dataless(fs.FileInfo) bool { return false }
