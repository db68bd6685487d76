package fsx

import (
	"io/fs"
	"syscall"
	"time"
)

// noAccessTime makes reading leave the access time alone.
const noAccessTime = syscall.O_NOATIME

// ChangeTime returns the ctime: when this name appeared or changed here, even if a sync engine set the modification time.
func ChangeTime(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(st.Ctim.Unix())
	}
	return info.ModTime()
}

// dataless reports false: no Linux file system has such files.
func dataless(fs.FileInfo) bool { return false }
