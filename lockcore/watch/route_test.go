package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/fsnotify/fsnotify"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

func TestMatters(t *testing.T) {
	cases := []struct {
		name string
		op   fsnotify.Op
		ours bool
		want bool
	}{
		{".locked", fsnotify.Create, false, true},
		{".locked", fsnotify.Chmod, true, true},
		{".locked", fsnotify.Write | fsnotify.Chmod, true, true}, // kqueue gives several at once
		{".locked 2", fsnotify.Create, true, true},
		{".locked 2", fsnotify.Chmod, true, false},
		{daemonState, fsnotify.Create, false, true},
		{daemonState, fsnotify.Create, true, false},
		{".locked.guard", fsnotify.Create, false, false},
		{".locked.x.tmp", fsnotify.Create, false, false},
		{"records.db", fsnotify.Write, false, false},
	}
	for _, c := range cases {
		if got := matters(c.name, c.op, c.ours); got != c.want {
			t.Errorf("%s %v ours %v: %v, want %v", c.name, c.op, c.ours, got, c.want)
		}
	}
}

func TestFindRoute(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	testfs.Check(t, err)
	join := func(parts ...string) string { return filepath.Join(append([]string{base}, parts...)...) }
	for _, err := range []error{
		os.MkdirAll(join("a", "b"), 0o755), os.WriteFile(join("file"), nil, 0o600),
		os.Symlink(filepath.Join("a", "..", "a"), join("relative")), os.Symlink(join("relative"), join("absolute")),
		os.Symlink("loop", join("loop")), os.Symlink("nowhere", join("dangling")),
	} {
		if err != nil {
			t.Skip("needs symbolic links: ", err)
		}
	}
	cases := []struct{ path, end, missing string }{
		{"a/b", "a/b", ""},
		{"a/x/y", "a", "x"},
		{"relative/b", "a/b", ""},
		{"absolute/b", "a/b", ""},
		{"file", "", "file"},
		{"file/x", "", "file"},
		{"loop", "", "loop"},
		{"dangling/x", "", "nowhere"},
	}
	for _, c := range cases {
		r := findRoute(join(filepath.FromSlash(c.path)))
		last := r.steps[len(r.steps)-1]
		if r.end() != join(filepath.FromSlash(c.end)) || last.name != c.missing {
			t.Errorf("%s: ends in %s with %q missing, want %s, %q", c.path, r.end(), last.name, c.end, c.missing)
		}
		for _, s := range r.steps {
			if info, err := fsx.Lstat(s.dir); err != nil || info.Mode()&fs.ModeType != fs.ModeDir || !fsx.SameFile(info, s.id) {
				t.Errorf("%s: step %s is not a directory (%v)", c.path, s.dir, err)
			}
		}
	}
}
