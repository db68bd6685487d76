package fsx

import (
	"io/fs"
	"syscall"
	"time"
)

// sfDataless is SF_DATALESS of <sys/stat.h>, macOS 10.15 and later: the content is in the cloud, and reading fetches it.
const sfDataless = 0x40000000

// noAccessTime has no effect: macOS has no such flag.
const noAccessTime = 0

// ChangeTime returns the ctime: the time at which the file appeared or changed here, even if a sync engine set the modification time.
func ChangeTime(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(st.Ctimespec.Unix())
	}
	return info.ModTime()
}

func dataless(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Flags&sfDataless != 0
}
