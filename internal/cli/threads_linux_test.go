package cli

import (
	"runtime"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// TestMainThreadStaysBehind checks that the main thread stays idle. Linux delivers signals to that thread first, and a thread that hangs on
// a dead mount cannot receive them.
func TestMainThreadStaysBehind(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	main := unix.Gettid()
	err := onAnyThread(func(*cobra.Command, []string) error {
		if unix.Gettid() == main {
			t.Error("the command runs on the main thread")
		}
		return nil
	})(nil, nil)
	if err != nil {
		t.Error(err)
	}
}
