package cli

import (
	"os"
	"slices"
	"syscall"
	"testing"
)

// TestClosedConsole checks that run handles SIGTERM, which Go delivers when the console is closed. Otherwise run would leave its lock.
func TestClosedConsole(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !slices.Contains(passedOn(), s) {
			t.Errorf("%v is not caught", s)
		}
	}
}
