//go:build linux

package e2e

import (
	"os"
	"testing"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

func TestMain(m *testing.M) {
	testdesk.BecomeWithoutLocks()
	testfs.Together(together)
	os.Exit(testdesk.Main(m))
}

// together is the least number of tests that run at a time. It is high, because most tests only wait.
const together = 12
