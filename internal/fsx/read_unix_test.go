//go:build unix

package fsx_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

// TestReadOpensNoPipe reads a pipe that has no writer: opening it would block.
func TestReadOpensNoPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	testfs.Check(t, unix.Mkfifo(path, 0o600))
	link := symlink(t, path, path+"-link")
	if _, err := fsx.Read(path, most); !errors.Is(err, fsx.ErrNotRegular) {
		t.Error("a pipe:", err)
	}
	if _, err := fsx.ReadLinked(link, most); !errors.Is(err, fsx.ErrNotRegular) {
		t.Error("a link to a pipe:", err)
	}
	if _, err := fsx.ReadLinked("/dev/zero", most); !errors.Is(err, fsx.ErrNotRegular) {
		t.Error("a device:", err)
	}
}

// TestSyncDirOpensNoPipe checks that SyncDir does not wait for a writer of a pipe in the place of a directory.
func TestSyncDirOpensNoPipe(t *testing.T) {
	path, done := filepath.Join(t.TempDir(), "pipe"), make(chan struct{})
	testfs.Check(t, unix.Mkfifo(path, 0o600))
	go func() { fsx.SyncDir(path); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("SyncDir blocks")
	}
}
