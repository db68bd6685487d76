//go:build unix

package testfs

import (
	"os"
	"testing"
)

// TestOwnFileSystem checks that the system's own file system has all abilities, so that no test is skipped there.
func TestOwnFileSystem(t *testing.T) {
	if name := os.Getenv(Variable); name != "" {
		t.Skip("TMPDIR is on " + name)
	}
	for a := range tries {
		if err := try(a); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
}
