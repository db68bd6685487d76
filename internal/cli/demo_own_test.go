package cli

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// TestDemoTouchesNothing of what is the user's own: the store, the settings and what Lockbar remembers.
func TestDemoTouchesNothing(t *testing.T) {
	t.Parallel()
	skipOnADesktop(t)
	w := newWorld(t)
	w.writeLock(foreign())
	w.run("unlock", "--yes").want(t, 0) // so that there is a state directory
	w.writeLock(foreign())
	config := filepath.Join(w.root, ".config", "lockbar", "config.json")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(`{"notify": {"stale": false}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	before := filesBelow(t, w.root)
	w.run("demo", "--pace", "0").want(t, 0)
	if after := filesBelow(t, w.root); !maps.Equal(before, after) {
		t.Errorf("%q became %q", before, after)
	}
}

// filesBelow returns the content of every file.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
