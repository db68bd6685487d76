package state_test

import (
	"fmt"
	"os"
	"testing"

	"lockbar/internal/state"
	"lockbar/internal/testfs"
)

// Each of these variables makes the test binary another process: one that claims a directory, or one that appends to a journal.
const (
	claimEnv  = "STATE_TEST_CLAIM"
	writerEnv = "STATE_TEST_WRITER"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(claimEnv); dir != "" {
		fmt.Print(state.Claim(dir).Path)
		os.Exit(0)
	}
	if spec := os.Getenv(writerEnv); spec != "" {
		os.Exit(appendLines(spec))
	}
	os.Exit(run(m))
}

func ok(t *testing.T, err error) {
	t.Helper()
	testfs.Check(t, err)
}

// run runs the tests with a new runtime directory, so that their locks (InstanceLocks) are not in the user's.
func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "state")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	os.Setenv("XDG_RUNTIME_DIR", dir)
	return m.Run()
}
