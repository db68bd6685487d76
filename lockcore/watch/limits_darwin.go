package watch

import (
	"errors"

	"golang.org/x/sys/unix"
)

// limit names the limit that was reached, and how to raise it; empty for another error. kqueue soon reaches one: it keeps open each
// watched directory, and each entry of a store that is not crowded. Go has raised our soft limit at the start.
func limit(err error) string {
	switch {
	case errors.Is(err, unix.EMFILE):
		return "this process has reached its limit of open files; raise kern.maxfilesperproc (sysctl), or for apps launchctl limit maxfiles"
	case errors.Is(err, unix.ENFILE):
		return "the system's limit of open files is reached; raise kern.maxfiles (sysctl)"
	}
	return ""
}
