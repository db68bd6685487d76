package page

import (
	"sort"
	"time"
)

// maxDays limits the days that have a row: today, and the newest days on which something changed.
const maxDays = 14

// day is a row of the picture.
type day struct {
	name string
	date time.Time // its first moment
	stretch
	end   moment // the end of the day, or now if that is earlier
	bars  []*bar
	gaps  []*stretch // not watched
	marks []*mark
}

type bar struct {
	place
	stretch
}

// quiet is a run of whole days, between two rows, in which nothing happened.
type quiet struct {
	first, last time.Time
	span        *span // which covers all of it
}

// picture holds the rows of one store's history.
type picture struct {
	store  string
	days   []*day   // newest first
	quiet  []*quiet // between days[i] and days[i+1]; nil if they are consecutive
	older  int      // the number of older days on which something changed; they have no row
	roster roster
}

// newPicture lays out the events of one store, of which there must be at least one.
func newPicture(events []*event, spans []*span, now time.Time) *picture {
	p := &picture{store: events[len(events)-1].To.Store}
	dates := datesOf(spans, now)
	p.older = max(0, len(dates)-maxDays)
	for _, date := range dates[:len(dates)-p.older] {
		p.days = append(p.days, newDay(date, now))
	}
	p.fill(spans)
	p.mark(events)
	for i := 1; i < len(p.days); i++ {
		p.quiet = append(p.quiet, between(p.days[i], p.days[i-1], spans))
	}
	return p
}

func newDay(date, now time.Time) *day {
	d := &day{name: dayName(date, now), date: date, stretch: stretch{momentOf(date), momentOf(midnight(date, 1))}}
	d.end = d.to
	if at := momentOf(now); at > d.from {
		d.end = min(at, d.to)
	}
	return d
}

// farthest is more than any zone's offset from UTC.
const farthest = 16 * time.Hour

// midnight returns the first moment of a day, which is the given number of days after t. It searches for the moment, since time.Date
// does not promise which one it returns if the clocks change at midnight: then a day begins at 01:00 (America/Santiago), or has 00:00
// twice (America/Havana).
func midnight(t time.Time, days int) time.Time {
	year, month, d := t.Date()
	date := time.Date(year, month, d+days, 0, 0, 0, 0, time.UTC) // the day, whatever the zone
	at := func(second int) time.Time {
		return date.Add(time.Duration(second)*time.Second - farthest).In(t.Location())
	}
	return at(sort.Search(int(2*farthest/time.Second), func(second int) bool {
		year, month, d := at(second).Date()
		return !time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Before(date)
	}))
}

// datesOf returns today and the days on which a span begins, newest first.
func datesOf(spans []*span, now time.Time) (dates []time.Time) {
	today, placed := midnight(now, 0), false
	for i := len(spans) - 1; i >= 0; i-- {
		date := midnight(spans[i].from.in(now.Location()), 0)
		if !placed && !date.After(today) {
			dates, placed = appendNew(dates, today), true
		}
		dates = appendNew(dates, date)
	}
	return dates
}

// appendNew appends a date, unless it equals the last.
func appendNew(dates []time.Time, date time.Time) []time.Time {
	if n := len(dates); n > 0 && dates[n-1].Equal(date) {
		return dates
	}
	return append(dates, date)
}

// fill puts the spans into their days. First it assigns lanes, from the newest span on: the latest machines get lanes of their own.
func (p *picture) fill(spans []*span) {
	for i := len(spans) - 1; i >= 0; i-- {
		p.roster.places(spans[i])
	}
	for _, d := range p.days {
		if first := spans[0].from; first > d.from {
			d.gaps = append(d.gaps, &stretch{d.from, first})
		}
		for _, s := range spans {
			d.add(s, &p.roster)
		}
	}
}

// add adds the part of a span that is in the day.
func (d *day) add(s *span, r *roster) {
	part := stretch{max(s.from, d.from), min(s.to, d.to)}
	if part.to < part.from || part.from >= d.to || s.from < d.from && s.to <= d.from {
		return
	}
	if s.sight == unwatched {
		d.gaps = append(d.gaps, &part)
	}
	for _, where := range r.places(s) {
		d.put(&bar{where, part})
	}
}

// put adds a bar, or extends a bar of the same place that ends where b begins.
func (d *day) put(b *bar) {
	for i := len(d.bars) - 1; i >= max(0, len(d.bars)-2); i-- { // a span has two bars at most
		if d.bars[i].place == b.place && d.bars[i].to == b.from {
			d.bars[i].to = b.to
			return
		}
	}
	d.bars = append(d.bars, b)
}

func (p *picture) mark(events []*event) {
	for _, e := range events {
		for _, d := range p.days {
			if e.at >= d.from && e.at < d.to {
				d.marks = append(d.marks, p.roster.marksOf(e)...)
			}
		}
	}
}

// between returns the quiet days between two rows; nil if they are consecutive.
func between(earlier, later *day, spans []*span) *quiet {
	if earlier.to >= later.from {
		return nil
	}
	q := &quiet{first: midnight(earlier.date, 1), last: midnight(later.date, -1)}
	for _, s := range spans {
		if s.from <= earlier.to && s.to > earlier.to {
			q.span = s
		}
	}
	return q
}
