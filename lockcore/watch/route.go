package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// maxLinks is how many symbolic links a path may have: as the kernel (ELOOP, path_resolution(7)).
const maxLinks = 40

// step is a directory on the way to a store, and the name in it that the way leads through; empty for the store and its .lockbar.
type step struct {
	dir, name string
	id        fs.FileInfo // of dir
	how       manner
}

// route is what is worth a watch on the way to a store as it is now: the directories that hold a link, the .lockbar of the store, and at
// last the store, whose step has no name and which says itself that it was moved or deleted, or else the directory where it is
// missing. In all others too much happens that concerns no store; what does is seen with the poll.
type route struct {
	steps  []step
	remote string // kind of the file system at the end of the way where it is known to keep events back

	// Where each entry of a watched directory costs a descriptor:
	entries int  // of the store, as far as they were counted
	crowded bool // they are more than that is worth
}

// end is the directory whose events count most: the store, or the last one on the way to it that is there.
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
		info, err := fsx.Lstat(next) // to which a junction or mounted folder of Windows is a link
		switch {
		case err == nil && info.IsDir():
			at, id, rest = next, info, rest[1:]
		case err == nil && info.Mode()&fs.ModeSymlink != 0:
			links++
			r.steps = append(r.steps, here)
			target, _ := os.Readlink(next)
			if filepath.IsAbs(target) {
				at, id = rootOf(target)
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

// at asks for the kind of the file system where the way ends.
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
	// maxEntries is how many entries a store may have before its files are not watched one by one.
	maxEntries = 1000
	// calmEntries is how few it must have to be watched so again, lest a store about as full as that be opened at each look.
	calmEntries = 900
)

// count counts the entries of the store, if it is there.
func (r *route) count() {
	if n := len(r.steps); n > 0 && r.steps[n-1].name == "" {
		r.entries = entries(r.steps[n-1].dir, maxEntries+1)
	}
}

// settle decides whether the store is crowded; before is how it was.
func (r *route) settle(before route) {
	r.crowded = r.entries > maxEntries || before.crowded && r.entries > calmEntries
}

// entries counts those of a directory, up to a limit.
func entries(dir string, limit int) int {
	f, err := os.Open(dir)
	if err != nil {
		return 0
	}
	defer f.Close()
	names, _ := f.Readdirnames(limit)
	return len(names)
}
