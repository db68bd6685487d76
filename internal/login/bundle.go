package login

import (
	"path/filepath"
	"strings"
)

// Homebrew keeps the versions of a program in Cellar/NAME/VERSION. The link opt/NAME survives an upgrade.
const (
	cellar = "/Cellar/"
	opt    = "/opt/"
)

// inBundle resolves the links in the path of a program. macOS treats the directory of a link as the bundle, and then finds neither the
// app's name nor its permissions. For Homebrew's programs inBundle returns the path through opt/NAME, which survives an upgrade: that link
// is above the app.
func inBundle(program string) string {
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		return program
	}
	prefix, rest, brewed := strings.Cut(real, cellar)
	name, rest, _ := strings.Cut(rest, "/")
	_, rest, versioned := strings.Cut(rest, "/")
	if kept := prefix + opt + name + "/" + rest; brewed && versioned && sameProgram(kept, real) {
		return kept
	}
	return real
}

// insideApp is a part of the path of every program in an app.
const insideApp = ".app/Contents/MacOS/"

// linkedApp returns the program that a path leads to if it has links and the program is inside an app; empty otherwise.
func linkedApp(started string) string {
	real, err := filepath.EvalSymlinks(started)
	if err != nil || real == started || !strings.Contains(real, insideApp) {
		return ""
	}
	return real
}
