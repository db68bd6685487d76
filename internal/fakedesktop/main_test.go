//go:build linux

package fakedesktop_test

import (
	"os"
	"testing"

	"lockbar/internal/fakedesktop"
)

func TestMain(m *testing.M) { os.Exit(fakedesktop.Main(m)) }

// startSample runs a real tray program on the bus.
func startSample(t *testing.T, bus *fakedesktop.Bus) *fakedesktop.Process {
	t.Helper()
	path := fakedesktop.Build(t, "internal/fakedesktop/testdata/sample")
	return fakedesktop.Command{Bus: bus, Path: path}.Start(t)
}
