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

// Line is a line of the journal, both parsed and as it was read.
type Line struct {
	Entry
	Line json.RawMessage
}

// ParseLines returns the lines that are events, and skips the others: a later version may write more kinds of lines.
func ParseLines(lines []json.RawMessage) []Line {
	var entries []Line
	for _, line := range lines {
		if c, err := ParseEntry(line); err == nil {
			entries = append(entries, Line{c, line})
		}
	}
	return entries
}

// SeveralStores reports whether the entries name several paths, so that each line must show its own.
func SeveralStores(entries []Line) bool {
	return slices.ContainsFunc(entries, func(e Line) bool { return e.To.Store != entries[0].To.Store })
}

// NoHistory is shown in the place of an empty history.
const NoHistory = "No events yet. The tray app (lockbar) records what happens while it runs; unlock and restore record what they change, " +
	"and run records a lock that it takes over."

// WriteHistory writes events for people: one line for each, in the order of entries, with its store if named is set. WriteHistory
// pads the times to one width, and passes each through clock, which may colour it.
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
