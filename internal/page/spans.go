package page

import (
	"slices"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
)

// span is a time in which a store did not change, as far as is known.
type span struct {
	from, to time.Time
	look     lockcore.Snapshot
	sight    sight
}

// sight says how a span is known.
type sight uint8

const (
	unwatched sight = iota // nothing is known of it
	told                   // nobody looked, but the lock that was found later says that it was taken then
	seen                   // looks found it so, at both ends at least
)

// late is how much later than the time in a lock its look may be and still count as the time when it was taken.
const late = time.Minute

// spansOf returns the spans of one store, from the first look that is known to now. They leave out no time and do not overlap.
func spansOf(events []report.Line, look lockcore.Snapshot, now time.Time) []span {
	events = inOrder(events)
	var spans []span
	var last time.Time
	for i, e := range events {
		at, from := e.Time(), e.From.Snapshot()
		switch {
		case i > 0 && same(events[i-1].To.Snapshot(), from):
			spans = append(spans, span{last, at, from, seen})
		case i > 0:
			spans = append(spans, span{last, last, events[i-1].To.Snapshot(), seen})
			fallthrough
		default:
			spans = append(spans, unmatched(last, at, e.From)...)
		}
		last = at
	}
	if n := len(events); n > 0 {
		spans = append(spans, lastOf(events[n-1].To.Snapshot(), look, last, now)...)
	}
	return backdated(spans)
}

// inOrder returns the events by their time. A clock that was set back must not turn a span around.
func inOrder(events []report.Line) []report.Line {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b report.Line) int { return a.Time().Compare(b.Time()) })
	return events
}

// same reports whether two looks found the same, as far as a journal tells.
func same(a, b lockcore.Snapshot) bool {
	return a.Token == b.Token && a.State == b.State && b.Store != ""
}

// unmatched returns what is known of the time before an event that did not follow from the event before: its own look before.
func unmatched(last, at time.Time, from *report.Status) []span {
	looked := at
	if from != nil {
		if t := (report.Entry{At: from.CheckedAt}).Time(); t.After(last) && t.Before(at) {
			looked = t
		}
	}
	var spans []span
	if !last.IsZero() {
		spans = append(spans, span{from: last, to: looked})
	}
	if looked.Before(at) {
		spans = append(spans, span{looked, at, from.Snapshot(), seen})
	}
	return spans
}

// lastOf returns the time since the last event: it is known only where a look of now finds the same.
func lastOf(to, look lockcore.Snapshot, last, now time.Time) []span {
	if now.Before(last) {
		now = last
	}
	if same(to, look) {
		return []span{{last, now, to, seen}}
	}
	return []span{{last, last, to, seen}, {from: last, to: now}}
}

// backdated gives a lock that was found late the time that it names itself, if that is after the look before: a computer that
// slept sees a takeover when it wakes.
func backdated(spans []span) []span {
	var out []span
	for _, s := range spans {
		taken, known := s.look.Record.Started()
		if n := len(out); n > 0 && known && holds(s.look) && out[n-1].look.Record != s.look.Record &&
			taken.After(out[n-1].from) && taken.Before(s.from.Add(-late)) {
			out[n-1].to = taken
			out = append(out, span{taken, s.from, s.look, told})
		}
		out = append(out, s)
	}
	return out
}

func holds(s lockcore.Snapshot) bool {
	return s.State == lockcore.HeldHere || s.State == lockcore.HeldElsewhere
}
