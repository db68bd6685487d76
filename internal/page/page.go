// Package page draws the history as one HTML page: for each store a picture of who held it when, a day in each row, and below
// them the sentences. The page has no script and loads nothing. It is written with fmt, since html/template would make the program a
// quarter of a megabyte larger.
//
// It claims no more than the journal does. A time that nobody watched is drawn as such. Between two looks that found the same lock
// the lock is taken to have been there; between two that found none, none was seen, which is all that is said. All
// text of strangers is cleaned by package words and escaped by text, and by nothing else.
//
// A row is a day, as it is long enough for "who had the store last night" and short enough that an hour can be seen on any
// screen. Days on which nothing happened are one line of text.
package page

import (
	"path/filepath"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/lockcore"
)

// Name is the file that Save writes.
const Name = "history.html"

// History holds what a page shows. Now is the time at which it is made, and its location is the time zone of the page.
type History struct {
	Events []report.Line
	Named  bool                         // there are several stores
	Looks  map[string]lockcore.Snapshot // what was found now, by the identity of the store; a store may be missing
	Now    time.Time
	Demo   bool // the store is the demo's, and the page says so
}

// Save writes the page to a directory, for this user alone, and returns its path.
func (h *History) Save(dir string) (string, error) {
	path := filepath.Join(dir, Name)
	return path, fsx.Replace(path, h.HTML(), 0o600)
}
