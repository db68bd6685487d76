// Package history is the journal as people read it: what happened, one line for each event, oldest first.
package history

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"lockbar/internal/report"
	"lockbar/internal/words"
)

// Event is a line of the journal, as it stands there and as it was understood.
type Event struct {
	report.Change
	Line json.RawMessage
}

// Events passes over what is no event: a later version may write more.
func Events(lines []json.RawMessage) []Event {
	var events []Event
	for _, line := range lines {
		if c, err := report.ParseChange(line); err == nil {
			events = append(events, Event{c, line})
		}
	}
	return events
}

// SeveralStores reports whether the events are not all of one store.
func SeveralStores(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return e.To.Store != events[0].To.Store })
}

// Write prints the events, each with its store where that is to be named. clock dresses up the time, which has one width.
func Write(w io.Writer, events []Event, named bool, clock func(string) string, now time.Time) error {
	width := 0
	for _, e := range events {
		width = max(width, utf8.RuneCountInString(words.Clock(e.Time(), now)))
	}
	for _, e := range events {
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
