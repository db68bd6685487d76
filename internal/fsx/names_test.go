package fsx_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

// TestEachName lists a name of each length up to 255 bytes. On Linux that takes several reads of the directory.
func TestEachName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var want, got []string
	for n := 1; n <= 255; n++ {
		name := strings.Repeat("a", n)
		want = append(want, name)
		testfs.Check(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	if _, err := fsx.EachName(dir, func(name []byte) { got = append(got, string(name)) }); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d names, want %d:\n%q", len(got), len(want), got)
	}
}

// TestNotADirectory checks that the error of a file in the place of a directory differs from that of a missing directory.
func TestNotADirectory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	testfs.Check(t, os.WriteFile(file, nil, 0o600))
	for path, want := range map[string]bool{file: true, file + "-missing": false} {
		if _, err := fsx.EachName(path, func([]byte) {}); fsx.IsNotDirectory(err) != want || fsx.IsAbsent(err) == want {
			t.Errorf("%s: %v", path, err)
		}
	}
}
