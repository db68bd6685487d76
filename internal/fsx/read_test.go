package fsx_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

const most = 100

func filled(t *testing.T, path string, size int) string {
	t.Helper()
	testfs.Check(t, os.WriteFile(path, []byte(strings.Repeat("x", size)), 0o600))
	return path
}

func symlink(t *testing.T, target, path string) string {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skip(err) // Windows wants a privilege
	}
	return path
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	fits, big := filled(t, filepath.Join(dir, "fits"), most), filled(t, filepath.Join(dir, "big"), most+1)
	link := symlink(t, fits, filepath.Join(dir, "link"))
	loop := symlink(t, "loop", filepath.Join(dir, "loop"))
	for _, test := range []struct {
		name, path string
		want       error // of Read
		linked     error // of ReadLinked
	}{
		{"of the largest size", fits, nil, nil},
		{"a byte too large", big, fsx.ErrTooLarge, fsx.ErrTooLarge},
		{"missing", filepath.Join(dir, "none"), os.ErrNotExist, os.ErrNotExist},
		{"a directory", dir, fsx.ErrNotRegular, fsx.ErrNotRegular},
		{"a link", link, fsx.ErrNotRegular, nil},
		{"a link that leads nowhere", symlink(t, "nowhere", filepath.Join(dir, "dangling")), fsx.ErrNotRegular, os.ErrNotExist},
		{"a link to a directory", symlink(t, dir, filepath.Join(dir, "to-dir")), fsx.ErrNotRegular, fsx.ErrNotRegular},
	} {
		for _, of := range []struct {
			name string
			read func(string, int64) ([]byte, error)
			want error
		}{{"Read", fsx.Read, test.want}, {"ReadLinked", fsx.ReadLinked, test.linked}} {
			data, err := of.read(test.path, most)
			checkRead(t, of.name+" of "+test.name, test.path, data, err, of.want)
		}
	}
	if _, err := fsx.ReadLinked(loop, most); err == nil {
		t.Error("a loop was read")
	}
}

func checkRead(t *testing.T, name, path string, data []byte, err, want error) {
	t.Helper()
	switch {
	case !errors.Is(err, want):
		t.Errorf("%s: %v, want %v", name, err, want)
	case err == nil && len(data) != most:
		t.Errorf("%s: %d bytes", name, len(data))
	case err != nil && !strings.Contains(err.Error(), filepath.Dir(path)):
		t.Errorf("%s: %v does not name the file", name, err)
	}
}
