package testfs

import (
	"path/filepath"
	"runtime"
)

// Abs returns an absolute form of a path: "/a/b" itself, or "C:\a\b" on Windows, where "/a/b" has no volume.
func Abs(path string) string {
	if runtime.GOOS == "windows" {
		return `C:` + filepath.FromSlash(path)
	}
	return path
}
