package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// maxLinks limits the symbolic links of a path, as Linux does (ELOOP, path_resolution(7)).
const maxLinks = 40

// A step is a directory on the way to a store, and the name in it that the way leads through; empty for the store and its .lockbar.
type step struct {
	dir, name string
	id        fs.FileInfo // of dir
	how       manner
}

// A route lists the directories on the way to a store that are worth a watch now: those that hold a link, the .lockbar of the store, and
// last the store itself or, if it is missing, the last existing directory. The step of the store has no name; the store's own watch
// reports that it was moved or deleted. In all other directories too much happens that concerns no store, so only the poll finds the
// changes there that matter.
type route struct {
	steps  []step
	remote string // kind of the file system at the end of the way, if it is known not to report all events

	// These are set only where each entry of a watched directory costs a descriptor.
	entries int  // number of entries of the store, counted up to maxEntries + 1
	crowded bool // the store has too many entries to open each
}

// end returns the directory whose events count most: the store, or the last existing one on the way to it.
func (r route) end() string {
	if len(r.steps) == 0 {
		return ""
	}
	return r.steps[len(r.steps)-1].dir
}

// findRoute walks to a store one name at a time, since a change at any of them can make another directory the store.
func findRoute(dir string) route {
	var r route
	at, id := rootOf(dir)
	rest := names(dir)
	for links := 0; id != nil && len(rest) > 0 && links <= maxLinks; {
		here := step{at, rest[0], id, whole}
		next := filepath.Join(at, rest[0])
		info, err := fsx.Lstat(next) // reports a junction or mounted folder of Windows as a link
		switch {
		case err == nil && info.IsDir():
			at, id, rest = next, info, rest[1:]
		case err == nil && info.Mode()&fs.ModeSymlink != 0:
			links++
			r.steps = append(r.steps, here)
			target, _ := os.Readlink(next)
			if begin := beginOf(target, at); begin != at {
				at, id = rootOf(begin)
			}
			rest = append(names(target), rest[1:]...)
		default:
			r.steps = append(r.steps, here)
			return r.at(at)
		}
	}
	if id != nil && len(rest) == 0 {
		peers := filepath.Join(at, lockcore.PeersName)
		if info, err := fsx.Lstat(peers); err == nil && info.IsDir() { // a link would lead the watch out of the store
			r.steps = append(r.steps, step{peers, "", info, forPeers})
		}
		r.steps = append(r.steps, step{at, "", id, closely})
	}
	return r.at(at)
}

// beginOf returns the root where the way to the target of a link in a directory begins, or that directory. On Windows a target without a
// volume may begin at the root of the link's own volume.
func beginOf(target, dir string) string {
	switch {
	case filepath.IsAbs(target):
		return filepath.VolumeName(target) + string(filepath.Separator)
	case target != "" && os.IsPathSeparator(target[0]):
		return filepath.VolumeName(dir) + string(filepath.Separator)
	}
	return dir
}

// at sets the kind of the file system where the way ends.
func (r route) at(dir string) route {
	r.remote = fsx.Remote(dir)
	return r
}

func rootOf(path string) (string, fs.FileInfo) {
	root := filepath.VolumeName(path) + string(filepath.Separator)
	info, _ := fsx.Lstat(root)
	return root, info
}

func names(path string) []string {
	return strings.FieldsFunc(path[len(filepath.VolumeName(path)):], func(c rune) bool {
		return c < 0x80 && os.IsPathSeparator(uint8(c))
	})
}

const (
	// maxEntries limits the entries of a store whose files are watched one by one.
	maxEntries = 1000
	// calmEntries is the limit at which the files are watched one by one again. It is lower, so that a store near maxEntries is not
	// reopened at each look.
	calmEntries = 900
)

// count counts the entries of the store, if it exists, up to one more than maxEntries.
func (r *route) count() {
	if n := len(r.steps); n == 0 || r.steps[n-1].name != "" {
		return
	}
	f, err := os.Open(r.end())
	if err != nil {
		return
	}
	defer f.Close()
	names, _ := f.Readdirnames(maxEntries + 1)
	r.entries = len(names)
}

// settle decides whether the store is crowded; before is the previous route.
func (r *route) settle(before route) {
	r.crowded = r.entries > maxEntries || before.crowded && r.entries > calmEntries
}
