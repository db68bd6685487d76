//go:build unix

package testfs

import (
	"os"
	"testing"
)

// TestOwnFileSystem: the system's own has everything that tests ask for, so that nothing is skipped there.
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
