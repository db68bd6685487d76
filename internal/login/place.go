package login

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// A PlaceError reports that a program is at a place from which it cannot be started at the next login. Its text fits a line of a menu.
type PlaceError struct {
	Program string
	Problem string // half a sentence: the problem of the place, or what to do first
}

func (e *PlaceError) Error() string { return e.Problem }

// ByGoRun reports whether `go run` built the program, which Go will remove, at once or later.
func (e *PlaceError) ByGoRun() bool { return e.Problem == builtByGoRun }

// Problems of a place.
const (
	moveApp        = "move Lockbar.app to Applications and open it there first"
	inTemporaryDir = "Lockbar is in a temporary directory; install it first"
	builtByGoRun   = "Go will remove what go run built; install Lockbar first"
	notUTF8        = "Lockbar's path is not UTF-8, so no entry can hold it"
	hasControls    = "Lockbar's path has control characters; no entry can hold it"
)

// translocated is part of the path of an app that macOS runs from a random read-only place, since the user has not moved the download.
const translocated = "/AppTranslocation/"

// volumes begins the paths of disk images and other drives of macOS. Resolved paths on the system's own volume do not begin with it.
const volumes = "/Volumes/"

// goRunDir is part of the path of a program that `go run` has just built, in a directory go-build123 that it removes at the end.
var goRunDir = filepath.FromSlash("/exe/")

// places holds directories that matter for the place of a program, with links resolved.
type places struct {
	temporary  []string // directories that the system may empty
	home       string   // the user's
	buildCache string   // Go's; `go run` starts a program from it if there is nothing to build
}

func placesHere() places {
	cache := os.Getenv("GOCACHE")
	if dir, err := os.UserCacheDir(); err == nil {
		cache = cmp.Or(cache, filepath.Join(dir, "go-build"))
	} else if home := machine.Home(); home != "" {
		cache = cmp.Or(cache, filepath.Join(home, ".cache", "go-build"))
	}
	here := places{home: resolved(machine.Home()), buildCache: resolved(cache)}
	for _, dir := range append(temporaryDirs(), os.TempDir()) {
		here.temporary = append(here.temporary, resolved(dir))
	}
	return here
}

// resolved resolves the links of a path. It returns a path that leads nowhere unchanged.
func resolved(path string) string {
	if real, err := fsx.Real(path); err == nil {
		return real
	}
	return path
}

// checkPlace returns a *PlaceError if a program cannot be started from its place at the next login.
func checkPlace(program string, p places) error {
	real := resolved(program)
	switch {
	case strings.Contains(real, translocated), strings.HasPrefix(real, volumes):
		return &PlaceError{program, moveApp}
	case strings.Contains(real, "go-build") && strings.Contains(real, goRunDir), p.buildCache != "" && fsx.IsBelow(p.buildCache, real):
		return &PlaceError{program, builtByGoRun}
	case p.isTemporary(real):
		return &PlaceError{program, inTemporaryDir}
	case !utf8.ValidString(program):
		return &PlaceError{program, notUTF8}
	case strings.ContainsFunc(program, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return &PlaceError{program, hasControls}
	}
	return nil
}

// isTemporary reports whether a path may be gone at the next login. A home directory does not count as part of a
// temporary directory around it.
func (p places) isTemporary(path string) bool {
	return slices.ContainsFunc(p.temporary, func(dir string) bool {
		homeInside := p.home != "" && fsx.IsBelow(dir, filepath.Dir(p.home))
		return fsx.IsBelow(dir, path) && !(homeInside && fsx.IsBelow(p.home, path))
	})
}
