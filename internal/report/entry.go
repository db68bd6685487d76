package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore/watch"
)

// Entry is the JSON of one event: a line of watch --json, and of the journal.
type Entry struct {
	At    string      `json:"at"`
	Event watch.Event `json:"event"`
	From  *Status     `json:"from"` // null for the first look
	To    *Status     `json:"to"`
	// Backup is the name of the backup, if a change of our own caused the event; only in the history.
	Backup string `json:"backup,omitempty"`
}

// NewEntry returns the Entry of an event between two looks, with the time of the second one. from is nil for the first look.
func NewEntry(event watch.Event, from, to *Status) Entry {
	return Entry{At: to.CheckedAt, Event: event, From: from, To: to}
}

// ParseEntry parses a line of the journal. It returns an error if the line is not an event.
func ParseEntry(line []byte) (Entry, error) {
	var c Entry
	if err := json.Unmarshal(line, &c); err != nil {
		return Entry{}, fmt.Errorf("report: %w", err)
	}
	if c.Event == watch.NoEvent || c.To == nil {
		return Entry{}, fmt.Errorf("report: line is not an event")
	}
	if _, err := time.Parse(time.RFC3339, c.At); err != nil {
		return Entry{}, fmt.Errorf("report: %w", err)
	}
	return c, nil
}

// Time returns the time of the event; zero if At is not a time.
func (c Entry) Time() time.Time {
	t, err := time.Parse(time.RFC3339, c.At)
	if err != nil {
		return time.Time{}
	}
	return t
}

// SameEvent reports whether two entries describe the same event of one store. If both have a backup, it must be the same one. Otherwise
// both must lead from the same look to the same lock and state; and if neither has a backup, event and reason must be equal, too. This
// recognizes an event that was recorded before, by the command that made the change or by a previous process that was killed.
func (c Entry) SameEvent(o Entry) bool {
	switch {
	case c.Identity() != o.Identity():
		return false
	case c.Backup != "" && o.Backup != "":
		return c.Backup == o.Backup
	case c.Backup == "" && o.Backup == "" && (c.Event != o.Event || c.To.Reason != o.To.Reason):
		return false
	}
	return c.seenFrom() != "" && c.seenFrom() == o.seenFrom() && c.To.Token == o.To.Token && c.To.State == o.To.State
}

// MayBeIn reports whether a line may describe the same event. It is faster than parsing the line.
func (c Entry) MayBeIn(line []byte) bool {
	has := func(text string) bool { return text != "" && bytes.Contains(line, []byte(text)) }
	return has(c.Backup) || has(c.seenFrom())
}

// seenFrom returns the time of the previous look.
func (c Entry) seenFrom() string {
	if c.From == nil {
		return ""
	}
	return c.From.CheckedAt
}

// Identified returns the event with the identity of its store (lockcore.Store.Identity): when the event is read, the path may lead to
// another store.
func (c Entry) Identified(identity string) Entry {
	to := *c.To
	if to.Identity = identity; identity == to.Store {
		to.Identity = ""
	}
	c.To = &to
	return c
}

// Identity returns the identity that the store had when the event was recorded.
func (c Entry) Identity() string {
	if c.To.Identity != "" {
		return c.To.Identity
	}
	return c.To.Store
}

// Sentence returns the event as a sentence for people: "mac-mini took over from this Mac".
func (c Entry) Sentence() string { return words.Happened(c.Event, c.From.Snapshot(), c.To.Snapshot()) }
