package cli

import (
	"os"
	"slices"
	"syscall"
	"testing"
)

// TestClosedConsole: Go delivers the end of the console only to who asks for SIGTERM; without it run ends with its lock.
func TestClosedConsole(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !slices.Contains(passedOn(), s) {
			t.Errorf("nobody asks for %v", s)
		}
	}
}
