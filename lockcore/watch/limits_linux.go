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
		return "this process may open no more files; raise its limit (ulimit -n)"
	case errors.Is(err, unix.EMFILE):
		return "the programs of this user follow as many file systems as they may; raise fs.inotify.max_user_instances (sysctl)"
	case errors.Is(err, unix.ENOSPC):
		return "the programs of this user follow as many directories as they may; raise fs.inotify.max_user_watches (sysctl)"
	case errors.Is(err, unix.ENFILE):
		return "all programs together may open no more files; raise fs.file-max (sysctl)"
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
