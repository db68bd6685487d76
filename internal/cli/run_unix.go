//go:build unix

package cli

import (
	"os"
	"slices"
	"syscall"

	"lockbar/lockcore"
)

// runAsDaemon starts this program again in the place of this process (same PID), with the arguments by which daemons respect
// its lock. It returns only on failure.
func runAsDaemon(store *lockcore.Store) error {
	self, err := os.Executable()
	if err == nil {
		err = syscall.Exec(self, slices.Insert(slices.Clone(os.Args), 1, claimArguments(store)...), os.Environ())
	}
	return failf(exitNotTaken, "the lock was not taken: cannot run again: %w", err)
}
