package watch

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// limit names the limit that was reached, and how to raise it; empty for another error. EMFILE of inotify_init1(2) has two causes.
func limit(err error) string {
	switch {
	case errors.Is(err, unix.EMFILE) && filesUsedUp():
		return "this process has reached its limit of open files; raise it (ulimit -n)"
	case errors.Is(err, unix.EMFILE):
		return "this user's programs use all inotify instances; raise fs.inotify.max_user_instances (sysctl)"
	case errors.Is(err, unix.ENOSPC):
		return "this user's programs use all inotify watches; raise fs.inotify.max_user_watches (sysctl)"
	case errors.Is(err, unix.ENFILE):
		return "the system's limit of open files is reached; raise fs.file-max (sysctl)"
	}
	return ""
}

// filesUsedUp reports whether the process itself is at its limit, by opening a file that always exists.
func filesUsedUp() bool {
	f, err := os.Open(os.DevNull)
	if err != nil {
		return errors.Is(err, unix.EMFILE)
	}
	f.Close()
	return false
}
