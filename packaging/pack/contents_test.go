package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A tree's archive does not show when, or with what umask, the tree was made.
func TestArchivesAreEqual(t *testing.T) {
	for _, ending := range []string{".zip", ".tar.gz"} {
		one := archiveOf(t, ending, 0o644, time.Unix(1, 0))
		two := archiveOf(t, ending, 0o600, time.Unix(1e9, 0))
		if one != two {
			t.Errorf("%s: two trees of equal content, two archives", ending)
		}
	}
}

func archiveOf(t *testing.T, ending string, mode os.FileMode, at time.Time) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tree")
	for _, name := range []string{"b", "a/c"} {
		path := filepath.Join(dir, name)
		if err := write(path, []byte(name), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	out := dir + ending
	mustRun(t, "archive", dir, out)
	return read(t, out)
}

func TestArchiveNames(t *testing.T) {
	want := []string{"tree/a/c", "tree/b"}
	if got := namesInZip(t, archiveOf(t, ".zip", 0o644, time.Unix(1, 0))); !slices.Equal(got, want) {
		t.Errorf("zip: %q, want %q", got, want)
	}
	if got := namesInTar(t, archiveOf(t, ".tar.gz", 0o644, time.Unix(1, 0))); !slices.Equal(got, want) {
		t.Errorf("tar: %q, want %q", got, want)
	}
}

func namesInZip(t *testing.T, data string) (names []string) {
	t.Helper()
	r, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	return names
}

func namesInTar(t *testing.T, data string) (names []string) {
	t.Helper()
	gz, err := gzip.NewReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(gz)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

func TestArchiveOfUnknownKind(t *testing.T) {
	if err := run([]string{"archive", t.TempDir(), t.TempDir() + "/x.rar"}); err == nil {
		t.Error("made a .rar")
	}
}

// The test binary stands in for a release: it has build information, and contains cobra as lockbar does.
func TestSBOM(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mustRun(t, "sbom", "1.2.3", dir+"/one", self)
	mustRun(t, "sbom", "1.2.3", dir+"/two", self)
	if read(t, dir, "one") != read(t, dir, "two") {
		t.Error("two runs, two SBOMs")
	}
	var got bom
	if err := json.Unmarshal([]byte(read(t, dir, "one")), &got); err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, c := range got.Components {
		names = append(names, c.Name)
	}
	if !slices.Contains(names, "github.com/spf13/cobra") || !slices.Contains(names, "std") || !slices.IsSorted(names) {
		t.Errorf("components %q: want cobra and std, sorted", names)
	}
	if got.Metadata.Component.Version != "1.2.3" || got.Metadata.Timestamp != "2026-01-01T00:00:00Z" {
		t.Errorf("metadata %+v", got.Metadata)
	}
}

// Each library has its licence in the notices; makeNotices fails where one has none.
func TestNotices(t *testing.T) {
	out := t.TempDir() + "/notices"
	mustRun(t, "notices", out)
	text := read(t, out)
	for _, want := range []string{"github.com/spf13/cobra v", "fyne.io/systray v", "The Go standard library", "Apache License"} {
		if !strings.Contains(text, want) {
			t.Errorf("the notices lack %q", want)
		}
	}
}

// SECURITY.md promises it. Package net itself is there: the session bus is a socket.
func TestNoNetworkCode(t *testing.T) {
	for _, system := range systems {
		cmd := exec.Command("go", "list", "-deps", ".")
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", system, err)
		}
		packages := strings.Fields(string(out))
		if !slices.Contains(packages, "lockbar/lockcore") {
			t.Fatalf("%s: %d packages without our own: the list is wrong", system, len(packages))
		}
		for _, forbidden := range []string{"net/http", "crypto/tls", "net/smtp", "net/rpc", "golang.org/x/net/websocket"} {
			if slices.Contains(packages, forbidden) {
				t.Errorf("%s: %s is linked in", system, forbidden)
			}
		}
	}
}
