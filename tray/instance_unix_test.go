//go:build unix

package tray

import (
	"os"
	"testing"

	"lockbar/internal/statedir"
)

// TestLockOfAnotherUser: it could keep this program from starting for ever.
func TestLockOfAnotherUser(t *testing.T) {
	log, dir := quietly(t), t.TempDir()
	path := statedir.InstanceLocks(dir)[1]
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, os.Geteuid()+1, -1); err != nil {
		t.Skip(err) // only root may
	}
	if _, err := lockOwn(path); err == nil {
		t.Error("it was locked")
	}
	held, err := start(dir, log)
	if err != nil || len(held) != 1 {
		t.Errorf("%v, %v, want the lock in the state directory alone", held, err)
	}
	held.Close()
}
