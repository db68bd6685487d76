//go:build linux

package e2e

import (
	"os"
	"testing"

	"lockbar/internal/testdesk"
)

func TestMain(m *testing.M) {
	testdesk.BecomeWithoutLocks()
	os.Exit(testdesk.Main(m))
}
