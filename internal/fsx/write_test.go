package fsx_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	testfs.Check(t, fsx.Write(path, []byte(text), 0o600))
	if got, err := os.ReadFile(path); err != nil || string(got) != text {
		t.Fatalf("the file holds %q (%v), want %q", got, err, text)
	}
}

func TestWriteMakesTheDirectoryAndKeepsTheMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "file")
	write(t, path, "one")
	if runtime.GOOS != "windows" {
		wantMode(t, path, 0o600)
		wantMode(t, filepath.Dir(path), 0o700)
		testfs.Check(t, os.Chmod(path, 0o644))
	}
	write(t, path, "two")
	if runtime.GOOS != "windows" {
		wantMode(t, path, 0o644)
	}
	wantAlone(t, path)
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
		t.Errorf("mode of %s: %v (%v), want %v", path, info.Mode(), err, want)
	}
}

func wantAlone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v (%v), want the file alone", entries, err)
	}
}

func TestWriteFollowsALink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "real", "file"), filepath.Join(dir, "link")
	write(t, target, "one")
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	write(t, link, "two")
	if got, err := os.Readlink(link); err != nil || got != target {
		t.Errorf("the link is %q (%v)", got, err)
	}
	if got, _ := os.ReadFile(target); string(got) != "two" {
		t.Errorf("the link's target holds %q", got)
	}
}

// TestWriteFollowsADanglingLink checks that a link that leads nowhere stays a link, and that its target is created. A loop is an error.
func TestWriteFollowsADanglingLink(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "real", "file")
	links := map[string]string{"first": filepath.Join("deep", "second"), "deep": filepath.Join("a", "b"), "loop": "loop",
		filepath.Join("a", "b", "second"): filepath.Join("..", "..", "real", "file")}
	testfs.Check(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700))
	for link, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	write(t, filepath.Join(dir, "first"), "one")
	if got, err := os.ReadFile(target); err != nil || string(got) != "one" {
		t.Errorf("the target holds %q (%v)", got, err)
	}
	if err := fsx.Write(filepath.Join(dir, "loop"), nil, 0o600); err == nil {
		t.Error("a link to itself was replaced")
	}
	for link, to := range links {
		if got, err := os.Readlink(filepath.Join(dir, link)); err != nil || got != to {
			t.Errorf("the link %s is %q (%v)", link, got, err)
		}
	}
	wantAlone(t, target)
}

func TestWriteLeavesNothingWhereItFails(t *testing.T) {
	dir := t.TempDir()
	testfs.Check(t, os.Mkdir(filepath.Join(dir, "file"), 0o700))
	if err := fsx.Write(filepath.Join(dir, "file"), nil, 0o600); err == nil {
		t.Error("a directory was replaced")
	}
	wantAlone(t, filepath.Join(dir, "file"))
}
