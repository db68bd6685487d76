package report

import (
	"encoding/json"
	"fmt"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// Change is the JSON of one event: a line of watch --json, and of the journal.
type Change struct {
	At    string      `json:"at"`
	Event watch.Event `json:"event"`
	From  *Status     `json:"from"` // null for the first look
	To    *Status     `json:"to"`
}

// NewChange is the object of an event, which happened when to was seen. from.At is when from was seen.
func NewChange(event watch.Event, from, to Look) Change {
	c := Change{At: Stamp(to.At), Event: event, To: NewStatus(to)}
	if from.Snapshot != (lockcore.Snapshot{}) {
		c.From = NewStatus(from)
	}
	return c
}

// ParseChange reads a line of the journal. The error is of one that is no event.
func ParseChange(line []byte) (Change, error) {
	var c Change
	if err := json.Unmarshal(line, &c); err != nil {
		return Change{}, fmt.Errorf("report: %w", err)
	}
	if c.Event == watch.NoEvent || c.To == nil {
		return Change{}, fmt.Errorf("report: no event")
	}
	if _, err := time.Parse(time.RFC3339, c.At); err != nil {
		return Change{}, fmt.Errorf("report: %w", err)
	}
	return c, nil
}

// Time is when it happened; zero where at is no time.
func (c Change) Time() time.Time {
	t, err := time.Parse(time.RFC3339, c.At)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Equal reports whether two objects tell the same fact, seen by two processes: the same event of the same store, by whatever
// path, between the same bytes. A lock is put back where there is none, but a watcher may not have seen that the one before went.
func (c Change) Equal(o Change) bool {
	return c.Event == o.Event && c.To.Token == o.To.Token && (c.Event == watch.WasRestored || c.from() == o.from()) &&
		c.Identity() == o.Identity()
}

// Identified returns the event of the store with that identity (lockcore.Store.Identity): the path of its store may lead elsewhere
// when it is read.
func (c Change) Identified(identity string) Change {
	to := *c.To
	if to.Identity = identity; identity == to.Store {
		to.Identity = ""
	}
	c.To = &to
	return c
}

// Identity is that of the store when the event was written down.
func (c Change) Identity() string {
	if c.To.Identity != "" {
		return c.To.Identity
	}
	return c.To.Store
}

func (c Change) from() lockcore.Token {
	if c.From == nil {
		return ""
	}
	return c.From.Token
}

// Sentence says what happened, for people: "mac-mini took over from this Mac".
func (c Change) Sentence() string { return words.Happened(c.Event, c.From.Snapshot(), c.To.Snapshot()) }
