package desktop

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

func TestOpenCommand(t *testing.T) {
	for goos, want := range map[string][]string{
		"darwin": {"open", "/a b"}, "windows": {"explorer.exe", "/a b"}, "linux": {"xdg-open", "/a b"}, "freebsd": {"xdg-open", "/a b"},
	} {
		if got := openCommand(goos, "/a b"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", goos, got, want)
		}
	}
}

// program replaces the opening program with a shell script.
func program(t *testing.T, body string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a script cannot replace explorer.exe")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, openCommand(runtime.GOOS, "")[0])
	testfs.Check(t, os.WriteFile(name, []byte("#!/bin/sh\n"+body+"\n"), 0o700))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestOpen(t *testing.T) {
	opened := filepath.Join(t.TempDir(), "opened")
	program(t, `printf %s "$1" >'`+opened+`'`)
	dir := t.TempDir()
	testfs.Check(t, Open(t.Context(), dir))
	if data, err := os.ReadFile(opened); err != nil || string(data) != dir {
		t.Errorf("%q, %v, want %q", data, err, dir)
	}
}

func TestNotOpened(t *testing.T) {
	program(t, "exit 4")
	if err := Open(t.Context(), filepath.Join(t.TempDir(), "no")); !errors.Is(err, ErrMissing) {
		t.Errorf("%v", err)
	}
	if err := Open(t.Context(), t.TempDir()); err == nil || errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "exit status 4") {
		t.Errorf("%v", err)
	}
	program(t, "exit 3")
	if err := Open(t.Context(), t.TempDir()); err == nil || runtime.GOOS == "linux" && !errors.Is(err, errNoOpener) {
		t.Errorf("%v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := Open(t.Context(), t.TempDir()); err == nil || errors.Is(err, ErrMissing) {
		t.Errorf("%v", err)
	}
}
