package watch

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestInotifyExhausted takes all inotify instances of a user, and frees them. It runs in a child as a separate user, since otherwise every
// other program of the user would lack them, even the tests beside this one.
func TestInotifyExhausted(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 && os.Getenv(aloneVariable) == "" {
		t.Skip("needs to become another user, as root may")
	}
	runAs(t, exhausted)
}

func exhausted(t *testing.T) {
	dir := t.TempDir()
	taken := takeInstances()
	if len(taken) == 0 {
		t.Fatal("this user has no inotify instance at all")
	}
	s := watchDirs(t, time.Second, nil, dir)
	t.Log(s.health(blind).Problem)
	put(t, dir, 1, there)
	s.holder(1)
	for _, fd := range taken {
		unix.Close(fd)
	}
	s.health(seeing)
}

func takeInstances() (taken []int) {
	for {
		fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
		if err != nil {
			return taken
		}
		taken = append(taken, fd)
	}
}
