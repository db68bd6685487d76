package fsx

import (
	"io/fs"
	"syscall"
	"time"
)

// noAccessTime makes reading leave the access time alone.
const noAccessTime = syscall.O_NOATIME

// ChangeTime returns the ctime: the time at which the file appeared or changed here, even if a sync engine set the modification time.
func ChangeTime(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(st.Ctim.Unix())
	}
	return info.ModTime()
}

// dataless reports false: Linux has no mark for files whose content is elsewhere.
func dataless(fs.FileInfo) bool { return false }
