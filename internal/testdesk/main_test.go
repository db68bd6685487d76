//go:build linux

package testdesk_test

import (
	"os"
	"testing"

	"lockbar/internal/testdesk"
)

func TestMain(m *testing.M) { os.Exit(testdesk.Main(m)) }

// startSample runs a real tray program on the bus.
func startSample(t *testing.T, bus *testdesk.Bus) *testdesk.Process {
	t.Helper()
	path := testdesk.Build(t, "internal/testdesk/testdata/sample")
	return testdesk.Command{Bus: bus, Path: path}.Start(t)
}
