// Package page draws the history as one HTML page: a picture for each store that shows its holders, a day in each row, and below
// them a table of the events. The page has no script and loads nothing. It is written with fmt, since html/template would make the
// program a quarter of a megabyte larger.
//
// The page claims no more than the journal does. It shows which times were not watched. Between two looks that found the same lock it
// shows the lock; between two that found none, it claims only that none was seen. Package words cleans all text that
// others wrote, and the function text escapes it.
//
// A row is a day: long enough for "who had the store last night", and short enough that an hour can be seen on any
// screen. A run of days without an event is one line of text.
package page

import (
	"path/filepath"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/lockcore"
)

// Name is the name of the file that Save writes.
const Name = "history.html"

// History holds the content of a page. Now is the time at which it is made, and its location is the time zone of the page.
type History struct {
	Events []report.Line
	Named  bool                         // there are several stores
	Looks  map[string]lockcore.Snapshot // the present look, by the identity of the store; a store may be missing
	Now    time.Time
	Demo   bool // the page is marked as a demo's
}

// Save writes the page to a directory, except on Windows readable by this user only, and returns its path.
func (h *History) Save(dir string) (string, error) {
	path := filepath.Join(dir, Name)
	return path, fsx.Replace(path, h.HTML(), 0o600)
}
