package watch

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLimitOfThisProcess checks that the limit of the process is distinguished from that of the user's inotify instances.
func TestLimitOfThisProcess(t *testing.T) {
	if os.Getenv(aloneVariable) == "" {
		alone(t)
		return
	}
	ok(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: 3}))
	if got := limit(unix.EMFILE); !strings.Contains(got, "ulimit -n") {
		t.Error(got)
	}
}
