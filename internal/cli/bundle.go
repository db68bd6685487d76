package cli

import (
	"path/filepath"
	"strings"
)

// insideApp is where an app for macOS has its programs.
const insideApp = ".app/Contents/MacOS/"

// bundled is the program inside an app that a link led to; empty where none did.
func bundled(started string) string {
	real, err := filepath.EvalSymlinks(started)
	if err != nil || real == started || !strings.Contains(filepath.ToSlash(real), insideApp) {
		return ""
	}
	return real
}
