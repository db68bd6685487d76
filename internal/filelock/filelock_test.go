package filelock_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lockbar/internal/filelock"
)

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := filelock.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestOpenFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	link, target := filepath.Join(dir, "link"), filepath.Join(dir, "target")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err) // Windows wants a privilege
	}
	if f, err := filelock.Open(link); err == nil {
		f.Close()
		t.Error("a link was opened")
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its target was made: %v", err)
	}
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	if err := filelock.Check(dir); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v: something was made", left, err)
	}
}

func TestSecondIsRefusedUntilRelease(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := open(t, path), open(t, path)
	if err := filelock.Try(first); err != nil {
		t.Fatal(err)
	}
	if err := filelock.Try(second); !errors.Is(err, filelock.ErrTaken) {
		t.Fatalf("second Try: %v, want ErrTaken", err)
	}
	filelock.Release(first)
	if err := filelock.Try(second); err != nil {
		t.Fatalf("after the release: %v", err)
	}
}

func TestCloseReleases(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := open(t, path), open(t, path)
	if err := filelock.Try(first); err != nil {
		t.Fatal(err)
	}
	first.Close()
	if err := filelock.Try(second); err != nil {
		t.Fatalf("after the close: %v", err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := open(t, path), open(t, path)
	if err := filelock.Try(first); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := filelock.Wait(ctx, second)
	if !errors.Is(err, filelock.ErrTaken) || !errors.Is(err, context.Canceled) {
		t.Fatalf("Wait: %v, want ErrTaken and context.Canceled", err)
	}
}

func TestWaitGetsTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := open(t, path), open(t, path)
	if err := filelock.Try(first); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got := make(chan error)
	go func() {
		_, err := filelock.Wait(ctx, second)
		got <- err
	}()
	first.Close()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
}
