package cli

import (
	"runtime"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// TestMainThreadStaysBehind checks that a command runs on another thread than its caller, which in the program is the main thread. Linux
// delivers signals to the main thread first, and a thread that hangs on a dead mount cannot receive them.
func TestMainThreadStaysBehind(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	callers := unix.Gettid()
	err := onAnyThread(func(*cobra.Command, []string) error {
		if unix.Gettid() == callers {
			t.Error("the command runs on the thread of its caller")
		}
		return nil
	})(nil, nil)
	if err != nil {
		t.Error(err)
	}
}
