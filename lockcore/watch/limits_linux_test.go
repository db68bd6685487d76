package watch

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// limitVariable makes the test binary a process without a free descriptor.
const limitVariable = "WATCH_TEST_LIMIT"

// TestLimitOfThisProcess checks that the limit of the process is distinguished from that of the user's inotify instances.
func TestLimitOfThisProcess(t *testing.T) {
	if os.Getenv(limitVariable) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLimitOfThisProcess$")
		cmd.Env = append(os.Environ(), limitVariable+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: 3}); err != nil {
		t.Fatal(err)
	}
	if got := limit(unix.EMFILE); !strings.Contains(got, "ulimit -n") {
		t.Error(got)
	}
}
