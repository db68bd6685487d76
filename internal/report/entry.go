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
	// Backup is the name of the backup of our own change that led to the event; only in the history.
	Backup string `json:"backup,omitempty"`
}

// NewEntry returns the object of an event, which happened when to was seen; from is nil for the first look.
func NewEntry(event watch.Event, from, to *Status) Entry {
	return Entry{At: to.CheckedAt, Event: event, From: from, To: to}
}

// ParseEntry reads a line of the journal. The error is of one that is no event.
func ParseEntry(line []byte) (Entry, error) {
	var c Entry
	if err := json.Unmarshal(line, &c); err != nil {
		return Entry{}, fmt.Errorf("report: %w", err)
	}
	if c.Event == watch.NoEvent || c.To == nil {
		return Entry{}, fmt.Errorf("report: no event")
	}
	if _, err := time.Parse(time.RFC3339, c.At); err != nil {
		return Entry{}, fmt.Errorf("report: %w", err)
	}
	return c, nil
}

// Time returns the time of the event; zero if at is no time.
func (c Entry) Time() time.Time {
	t, err := time.Parse(time.RFC3339, c.At)
	if err != nil {
		return time.Time{}
	}
	return t
}

// SameEvent reports whether two lines tell the same event of one store: that of the same backup, or what led from the same look to
// the same lock and state, by the same name and for the same reason unless one knows it to be our own change. So it is recognized
// whoever else wrote it down: the command that made the change, or the process before this one, which was killed then.
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

// MayBeIn reports whether a line may tell the same event. It is quicker than to parse it.
func (c Entry) MayBeIn(line []byte) bool {
	has := func(text string) bool { return text != "" && bytes.Contains(line, []byte(text)) }
	return has(c.Backup) || has(c.seenFrom())
}

// seenFrom returns the time of the look before.
func (c Entry) seenFrom() string {
	if c.From == nil {
		return ""
	}
	return c.From.CheckedAt
}

// Identified returns the event of the store with that identity (lockcore.Store.Identity): the path of its store may lead elsewhere
// when it is read.
func (c Entry) Identified(identity string) Entry {
	to := *c.To
	if to.Identity = identity; identity == to.Store {
		to.Identity = ""
	}
	c.To = &to
	return c
}

// Identity returns the identity of the store when the event was written down.
func (c Entry) Identity() string {
	if c.To.Identity != "" {
		return c.To.Identity
	}
	return c.To.Store
}

// Sentence returns what happened as a sentence for people: "mac-mini took over from this Mac".
func (c Entry) Sentence() string { return words.Happened(c.Event, c.From.Snapshot(), c.To.Snapshot()) }
