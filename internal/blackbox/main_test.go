//go:build linux

package blackbox

import (
	"os"
	"testing"

	"lockbar/internal/fakedesktop"
)

func TestMain(m *testing.M) { os.Exit(fakedesktop.Main(m)) }
