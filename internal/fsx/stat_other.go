//go:build !linux && !darwin && !windows

package fsx

import (
	"io/fs"
	"time"
)

// ChangeTime: this system's ctime is not read; the modification time stands in, which a sync engine may have set.
func ChangeTime(info fs.FileInfo) time.Time { return info.ModTime() }

// noAccessTime: what this system has for it is not known here.
const noAccessTime = 0

func dataless(fs.FileInfo) bool { return false }
