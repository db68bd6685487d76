//go:build linux

package blackbox

import (
	"os"
	"testing"

	"lockbar/internal/testdesk"
)

func TestMain(m *testing.M) {
	testdesk.BecomeWithoutLocks()
	os.Exit(testdesk.Main(m))
}
