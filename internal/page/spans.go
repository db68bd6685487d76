package page

import (
	"cmp"
	"slices"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
)

// event is an event of the journal, with its two looks.
type event struct {
	*report.Entry
	at       moment
	from, to *lockcore.Snapshot
}

// moment is a time in milliseconds since 1970, the resolution of the journal; 0 is none.
type moment int64

func momentOf(t time.Time) moment { return moment(t.UnixMilli()) }

func (m moment) in(zone *time.Location) time.Time { return time.UnixMilli(int64(m)).In(zone) }

// eventsOf returns the events in the order of their times. A clock that was set back must not give a span a negative length.
func eventsOf(lines []report.Line) []*event {
	events := make([]*event, len(lines))
	for i := range lines {
		e := &lines[i].Entry
		from, to := e.From.Snapshot(), e.To.Snapshot()
		events[i] = &event{e, momentOf(e.Time()), &from, &to}
	}
	slices.SortStableFunc(events, func(a, b *event) int { return cmp.Compare(a.at, b.at) })
	return events
}

// until returns the events up to now. Later events, dated by a clock that was ahead, are listed but not drawn.
func until(now moment, events []*event) []*event {
	for i, e := range events {
		if e.at > now {
			return events[:i]
		}
	}
	return events
}

// span is a stretch in which a store did not change, as far as known.
type span struct {
	stretch
	look  *lockcore.Snapshot // nil if sight is unwatched
	sight sight
}

// stretch is a period of time.
type stretch struct{ from, to moment }

// sight tells how a span is known.
type sight uint8

const (
	unwatched sight = iota // the state is not known
	inferred               // by the time in a lock that was found later
	seen                   // by looks, at both ends at least
)

// foundLate separates locks by their age at the look that finds them: an older one counts as taken at the time in it, others at the look.
const foundLate = moment(time.Minute / time.Millisecond)

// history collects the spans of one store. They leave out no time and do not overlap.
type history struct {
	spans []*span
	at    moment // their end
}

// spansOf returns the spans from the first known look until now.
func spansOf(events []*event, look *lockcore.Snapshot, now moment) []*span {
	var h history
	for i, e := range events {
		switch {
		case i == 0:
			h.before(e)
		case same(events[i-1].to, e.from):
			h.add(e.at, e.from, seen)
		default:
			h.add(h.at, events[i-1].to, seen)
			h.before(e)
		}
		h.at = e.at
	}
	if n := len(events); n > 0 {
		h.since(events[n-1].to, look, now)
	}
	return h.spans
}

// same reports whether two looks found the same lock and state, as far as the journal records: between two corrupt locks it has no event.
func same(a, b *lockcore.Snapshot) bool {
	return (a.Token == b.Token || b.State == lockcore.Corrupt) && a.State == b.State && b.Store != ""
}

// add adds a span up to a time. A lock that was found late counts from the time in it, if the previous span began before that
// time: a computer that slept sees a takeover only when it wakes.
func (h *history) add(to moment, look *lockcore.Snapshot, how sight) {
	if n := len(h.spans); n > 0 && how == seen && holds(look) {
		before := h.spans[n-1]
		taken, known := look.Record.Started()
		if at := momentOf(taken); known && !isOf(before, look) && at > before.from && at < h.at-foundLate {
			before.to = at
			h.spans = append(h.spans, &span{stretch{at, h.at}, look, inferred})
		}
	}
	h.spans = append(h.spans, &span{stretch{h.at, to}, look, how})
	h.at = to
}

// isOf reports whether a span shows the same lock as a look.
func isOf(s *span, look *lockcore.Snapshot) bool {
	return s.look != nil && s.look.Record == look.Record
}

// before adds the time before an event whose earlier look does not match the previous event. Up to that look the time is unwatched.
func (h *history) before(e *event) {
	looked := e.at
	if e.From != nil {
		if t := momentOf((report.Entry{At: e.From.CheckedAt}).Time()); t > h.at && t < e.at {
			looked = t
		}
	}
	if h.at != 0 {
		h.add(looked, nil, unwatched)
	}
	if h.at = looked; looked < e.at {
		h.add(e.at, e.from, seen)
	}
}

// since adds the time since the last event. That time counts as seen only if the present look finds the same lock and state.
func (h *history) since(to, look *lockcore.Snapshot, now moment) {
	now = max(now, h.at)
	if look != nil && same(to, look) {
		h.add(now, to, seen)
		return
	}
	h.add(h.at, to, seen)
	h.add(now, nil, unwatched)
}

func holds(s *lockcore.Snapshot) bool {
	return s.State == lockcore.HeldHere || s.State == lockcore.HeldElsewhere
}
