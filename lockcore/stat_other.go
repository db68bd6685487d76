//go:build !linux && !darwin && !windows

package lockcore

import (
	"io/fs"
	"time"
)

// changeTime: this system's ctime is not read; the modification time stands in, which a sync engine may have set.
func changeTime(info fs.FileInfo) time.Time { return info.ModTime() }

func dataless(fs.FileInfo) bool { return false }
