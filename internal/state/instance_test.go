package state_test

import (
	"errors"
	"os"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/state"
)

func lockInstance(t *testing.T, dir string) (state.Instance, error) {
	t.Helper()
	return state.LockInstance(state.InstanceLocks(dir), func(err error) { t.Error(err) })
}

func TestOnlyOneInstance(t *testing.T) {
	t.Parallel() // the second LockInstance waits
	dir := t.TempDir()
	first, err := lockInstance(t, dir)
	ok(t, err)
	if _, err := lockInstance(t, dir); !errors.Is(err, fsx.ErrLocked) {
		t.Errorf("second: %v", err)
	}
	first.Close()
	again, err := lockInstance(t, dir)
	if err != nil {
		t.Fatalf("after the first ended: %v", err)
	}
	again.Close()
}

func TestInstanceOutlivesItsStateDirectory(t *testing.T) {
	t.Parallel() // the second LockInstance waits
	dir := t.TempDir()
	first, err := lockInstance(t, dir)
	ok(t, err)
	defer first.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Skip(err) // Windows keeps open files
	}
	ok(t, os.Mkdir(dir, 0o700))
	if _, err := lockInstance(t, dir); !errors.Is(err, fsx.ErrLocked) {
		t.Errorf("second: %v", err)
	}
	other, err := lockInstance(t, t.TempDir())
	if err != nil {
		t.Errorf("of another state directory: %v", err)
	}
	other.Close()
}
