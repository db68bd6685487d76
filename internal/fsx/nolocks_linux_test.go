package fsx_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/testdesk"
)

func TestMain(m *testing.M) {
	testdesk.BecomeWithoutLocks()
	os.Exit(m.Run())
}

// withoutLocks marks the child of TestFileSystemWithoutLocks.
const withoutLocks = "FSX_TEST_CHILD"

// TestFileSystemWithoutLocks runs itself in a child process in which flock(2) fails.
func TestFileSystemWithoutLocks(t *testing.T) {
	if os.Getenv(withoutLocks) == "" {
		args, env := testdesk.WithoutLocks(os.Args[0], os.Args[0], "-test.run=^TestFileSystemWithoutLocks$")
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = append(os.Environ(), env, withoutLocks+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("the child process: %v\n%s", err, out)
		}
		return
	}
	f := openLock(t, filepath.Join(t.TempDir(), "lock"))
	if err := fsx.TryLock(f); !errors.Is(err, fsx.ErrNoLocks) {
		t.Errorf("TryLock: %v", err)
	}
	if held, err := fsx.WaitLock(t.Context(), f); held || err != nil {
		t.Errorf("WaitLock: %v, %v", held, err)
	}
	if err := fsx.CheckLocks(t.TempDir()); !errors.Is(err, fsx.ErrNoLocks) {
		t.Errorf("CheckLocks: %v", err)
	}
}
