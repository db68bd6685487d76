package login

import (
	"path/filepath"
	"strings"
)

// Homebrew has the versions of a program in Cellar/NAME/VERSION. The link opt/NAME outlives an upgrade.
const (
	cellar = "/Cellar/"
	opt    = "/opt/"
)

// inBundle returns the path of a program inside its app, whatever link led to it: macOS takes the directory of a link for the bundle,
// and then knows neither the app's name nor what it asks for. Where Homebrew put it, the path is one that stays.
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

// insideApp is in the path of an app's programs.
const insideApp = ".app/Contents/MacOS/"

// linkedApp returns the program inside an app that a link led to; empty if none did.
func linkedApp(started string) string {
	real, err := filepath.EvalSymlinks(started)
	if err != nil || real == started || !strings.Contains(real, insideApp) {
		return ""
	}
	return real
}
