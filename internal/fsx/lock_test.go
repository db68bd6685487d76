package fsx_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

func openLock(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := fsx.OpenLock(path)
	testfs.Check(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func TestOpenLockFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	link, target := filepath.Join(dir, "link"), filepath.Join(dir, "target")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err) // Windows wants a privilege
	}
	if f, err := fsx.OpenLock(link); err == nil {
		f.Close()
		t.Error("a link was opened")
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the link's target was created: %v", err)
	}
}

func TestCheckLocks(t *testing.T) {
	dir := t.TempDir()
	if err := fsx.CheckLocks(dir); err != nil {
		t.Error("CheckLocks:", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("CheckLocks left %v, %v", left, err)
	}
}

// TestOneLockAtATime checks that only one open file has the lock, until that file is unlocked or closed.
func TestOneLockAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := openLock(t, path), openLock(t, path)
	testfs.Check(t, fsx.TryLock(first))
	if err := fsx.TryLock(second); !errors.Is(err, fsx.ErrLocked) {
		t.Fatalf("second TryLock: %v, want ErrLocked", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fsx.WaitLock(ended, second); !errors.Is(err, fsx.ErrLocked) || !errors.Is(err, context.Canceled) {
		t.Fatalf("WaitLock: %v, want ErrLocked and context.Canceled", err)
	}
	fsx.Unlock(first)
	if err := fsx.TryLock(second); err != nil {
		t.Fatalf("after Unlock: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got := make(chan error)
	go func() {
		_, err := fsx.WaitLock(ctx, first)
		got <- err
	}()
	second.Close()
	if err := <-got; err != nil {
		t.Fatalf("after the close: %v", err)
	}
}
