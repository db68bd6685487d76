//go:build linux

package blackbox

import (
	"os"
	"testing"

	"lockbar/internal/fakedesktop"
	"lockbar/internal/noflock"
)

func TestMain(m *testing.M) {
	noflock.Become()
	os.Exit(fakedesktop.Main(m))
}
