package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"lockbar/internal/words"
)

// Line is a line of the journal, as it stands there and as it was understood.
type Line struct {
	Entry
	Line json.RawMessage
}

// ParseLines returns the lines that were understood, and passes over what is no event: a later version may write more.
func ParseLines(lines []json.RawMessage) []Line {
	var entries []Line
	for _, line := range lines {
		if c, err := ParseEntry(line); err == nil {
			entries = append(entries, Line{c, line})
		}
	}
	return entries
}

// SeveralStores reports whether the entries are not all of one store.
func SeveralStores(entries []Line) bool {
	return slices.ContainsFunc(entries, func(e Line) bool { return e.To.Store != entries[0].To.Store })
}

// NoHistory is said in place of a history in which nothing is.
const NoHistory = "Nothing is in the history yet: it is written while the tray app runs (lockbar), and by unlock, restore and run."

// WriteHistory writes the journal as people read it: one line for each event, oldest first, each with its store where that is to
// be named. clock dresses up the time, which has one width.
func WriteHistory(w io.Writer, entries []Line, named bool, clock func(string) string, now time.Time) error {
	width := 0
	for _, e := range entries {
		width = max(width, utf8.RuneCountInString(words.Clock(e.Time(), now)))
	}
	for _, e := range entries {
		store := ""
		if named {
			store = words.Path(e.To.Store) + ": "
		}
		at := clock(fmt.Sprintf("%*s", width, words.Clock(e.Time(), now)))
		if _, err := fmt.Fprintf(w, "%s  %s%s\n", at, store, e.Sentence()); err != nil {
			return err
		}
	}
	return nil
}
