//go:build unix

package fsx_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

// TestOpenLockRefusesOtherKinds checks that a pipe, a link, a directory and a device are refused, with an error that names the path.
func TestOpenLockRefusesOtherKinds(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	testfs.Check(t, unix.Mkfifo(pipe, 0o600))
	loop := filepath.Join(dir, "loop")
	testfs.Check(t, os.Symlink("loop", loop))
	for _, path := range []string{pipe, loop, dir, os.DevNull} {
		if _, err := fsx.OpenLock(path); !errors.Is(err, fsx.ErrNotRegular) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
