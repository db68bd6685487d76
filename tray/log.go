package tray

import (
	"context"
	"errors"
	"io"
	"log"
)

// logs are for a terminal and for bug reports: trouble always, and with --verbose what happens. Whatever is not ours to word
// is quoted (%q): a host's name may hold escape sequences.
type logs struct{ trouble, detail *log.Logger }

func newLogs(w io.Writer, verbose bool) logs {
	l := logs{log.New(w, "lockbar: ", log.LstdFlags|log.Lmsgprefix), log.New(io.Discard, "", 0)}
	if verbose {
		l.detail = l.trouble
	}
	return l
}

// quietLibraries makes the standard logger, to which systray writes, a detail: that no panel is there yet is no trouble.
func (l logs) quietLibraries() {
	log.SetFlags(0)
	log.SetOutput(l.detail.Writer())
}

// failed notes the trouble in err, if there is any, under a few words. What the end of the app cut off is none.
func (l logs) failed(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		l.trouble.Printf("%s: %q", what, err)
	}
}
