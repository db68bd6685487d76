package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// maxLinks is how many symbolic links a path may have: as the kernel (ELOOP, path_resolution(7)).
const maxLinks = 40

// step is a directory on the way to a store, and the name in it that the way leads through.
type step struct{ dir, name string }

// route is the way to a store as it is now: every step, links included, and the directory at the end, which is empty while
// the store is not there.
type route struct {
	steps []step
	store string
	id    fs.FileInfo // of the store directory
}

// findRoute walks to a store one name at a time, since a change at any of them can make another directory the store.
func findRoute(dir string) route {
	var r route
	volume := filepath.VolumeName(dir) + string(filepath.Separator)
	at, rest := volume, names(strings.TrimPrefix(dir, volume))
	for links := 0; len(rest) > 0; {
		r.steps = append(r.steps, step{at, rest[0]})
		next := filepath.Join(at, rest[0])
		info, err := os.Lstat(next)
		switch {
		case err != nil:
			return r
		case info.Mode()&fs.ModeSymlink == 0:
			at, rest = next, rest[1:]
			continue
		}
		target, err := os.Readlink(next)
		if links++; err != nil || links > maxLinks {
			return r
		}
		if filepath.IsAbs(target) {
			at = volume
		}
		rest = append(names(strings.TrimPrefix(target, volume)), rest[1:]...)
	}
	if info, err := os.Stat(at); err == nil && info.IsDir() {
		r.store, r.id = at, info
	}
	return r
}

func names(path string) []string {
	return strings.FieldsFunc(path, func(c rune) bool { return c == filepath.Separator || c == '/' })
}

// watchedSteps are the steps worth a watch. kqueue opens every file in a watched directory, so there only the last
// directory and those with links in them are; the poll sees the rest.
func (r route) watchedSteps() []step {
	if runtime.GOOS != "darwin" || len(r.steps) < 2 {
		return r.steps
	}
	return r.steps[len(r.steps)-2:]
}

// same reports whether both lead through the same names to the same directory.
func (r route) same(o route) bool {
	if r.store != o.store || len(r.steps) != len(o.steps) || (r.id == nil) != (o.id == nil) {
		return false
	}
	for i := range r.steps {
		if r.steps[i] != o.steps[i] {
			return false
		}
	}
	return r.id == nil || os.SameFile(r.id, o.id)
}
