package testfs

import (
	"path/filepath"
	"runtime"
)

// Abs returns a path that is absolute on every system: "/a/b" as it is, or "C:\a\b", since "/a/b" has no volume on Windows.
func Abs(path string) string {
	if runtime.GOOS == "windows" {
		return `C:` + filepath.FromSlash(path)
	}
	return path
}
