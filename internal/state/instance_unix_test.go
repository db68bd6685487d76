//go:build unix

package state

import (
	"os"
	"path/filepath"
	"testing"

	"lockbar/internal/testfs"
)

// TestInstanceLocksWithoutStateDirectory checks that without a state directory no lock is in the working directory.
func TestInstanceLocksWithoutStateDirectory(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if locks := InstanceLocks(""); len(locks) != 1 || !filepath.IsAbs(locks[0]) {
		t.Errorf("%q", locks)
	}
}

// TestLockOfAnotherUser checks that another user cannot keep this program from starting.
func TestLockOfAnotherUser(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	locks := InstanceLocks(t.TempDir())
	testfs.Check(t, os.WriteFile(locks[1], nil, 0o666))
	if err := os.Chown(locks[1], os.Geteuid()+1, -1); err != nil {
		t.Skip(err) // only root may
	}
	var problems []error
	held, err := LockInstance(locks, func(err error) { problems = append(problems, err) })
	if err != nil || len(held) != 1 || len(problems) != 1 {
		t.Errorf("%v, %v, %v, want the lock in the state directory alone", held, err, problems)
	}
	held.Close()
}
