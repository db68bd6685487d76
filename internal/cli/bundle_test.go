package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestBundled(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(path ...string) string { return filepath.Join(append([]string{dir}, path...)...) }
	app, bare := at("Lockbar.app", "Contents", "MacOS", "lockbar"), at("lockbar")
	for _, err := range []error{os.MkdirAll(filepath.Dir(app), 0o755), os.WriteFile(app, nil, 0o755), os.WriteFile(bare, nil, 0o755),
		os.Symlink(app, at("to-app")), os.Symlink(bare, at("to-bare"))} {
		if err != nil {
			t.Skip("needs symbolic links: ", err)
		}
	}
	want := map[string]string{app: "", bare: "", at("to-app"): app, at("to-bare"): "", at("none"): ""}
	for started, want := range want {
		if got := filepath.ToSlash(bundled(started)); got != filepath.ToSlash(want) {
			t.Errorf("%s: %q, want %q", started, got, want)
		}
	}
}
