//go:build unix

package main

import (
	"os"
	"testing"
)

func checkExecutable(t *testing.T, modes map[string]os.FileMode) {
	t.Helper()
	if got := modes["Contents/MacOS/lockbar"]; got != 0o755 {
		t.Errorf("the program has mode %o, want 755", got)
	}
	if got := modes["Contents/Info.plist"]; got != 0o644 {
		t.Errorf("Info.plist has mode %o, want 644", got)
	}
}
