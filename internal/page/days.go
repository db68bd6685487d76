package page

import "time"

// maxDays is how many days have a row: two weeks, the newest on which something happened.
const maxDays = 14

// day is a row of the picture.
type day struct {
	from, to time.Time // its midnights
	end      time.Time // of what is known: to, or now
	bars     []*bar
	gaps     []*stretch // nobody watched
	marks    []*mark
}

// stretch is a part of a day.
type stretch struct{ from, to time.Time }

type bar struct {
	place
	stretch
}

// quiet is a time of whole days, between two rows, in which nothing happened.
type quiet struct {
	first, last time.Time
	span        *span // the one that covers it
}

// picture is what one store's history is drawn from.
type picture struct {
	store  string
	days   []*day   // newest first
	quiet  []*quiet // between days[i] and days[i+1]; nil where they follow each other
	older  int      // days that have no row any more
	roster roster
}

// newPicture lays out one store's events, which are not empty.
func newPicture(events []*event, spans []*span, now time.Time) *picture {
	p := &picture{store: events[len(events)-1].To.Store}
	dates := datesOf(spans, now)
	p.older = max(0, len(dates)-maxDays)
	for _, from := range dates[:len(dates)-p.older] {
		p.days = append(p.days, newDay(from, now))
	}
	p.fill(spans)
	p.mark(events)
	for i := 1; i < len(p.days); i++ {
		p.quiet = append(p.quiet, between(p.days[i], p.days[i-1], spans))
	}
	return p
}

func newDay(from, now time.Time) *day {
	d := &day{from: from, to: midnight(from, 1)}
	d.end = d.to
	if now.Before(d.to) && now.After(d.from) {
		d.end = now
	}
	return d
}

// midnight returns the beginning of the day so many days after t's. A day may have 23 or 25 hours.
func midnight(t time.Time, days int) time.Time {
	year, month, d := t.Date()
	return time.Date(year, month, d+days, 0, 0, 0, 0, t.Location())
}

// datesOf returns the days on which something began, and today, newest first.
func datesOf(spans []*span, now time.Time) (dates []time.Time) {
	today, placed := midnight(now, 0), false
	for i := len(spans) - 1; i >= 0; i-- {
		date := midnight(spans[i].from.In(now.Location()), 0)
		if !placed && !date.After(today) {
			dates, placed = appendNew(dates, today), true
		}
		dates = appendNew(dates, date)
	}
	return dates
}

// appendNew appends a date that is not the last.
func appendNew(dates []time.Time, date time.Time) []time.Time {
	if n := len(dates); n > 0 && dates[n-1].Equal(date) {
		return dates
	}
	return append(dates, date)
}

// fill puts the spans into their days. The machines of the newest have lanes of their own.
func (p *picture) fill(spans []*span) {
	for i := len(spans) - 1; i >= 0; i-- {
		p.roster.places(spans[i])
	}
	for _, d := range p.days {
		if first := spans[0].from; first.After(d.from) {
			d.gaps = append(d.gaps, &stretch{d.from, first})
		}
		for _, s := range spans {
			d.add(s, &p.roster)
		}
	}
}

// add draws what of a span is in the day.
func (d *day) add(s *span, r *roster) {
	part := stretch{latest(s.from, d.from), earliest(s.to, d.to)}
	if part.to.Before(part.from) || !part.from.Before(d.to) || s.from.Before(d.from) && !s.to.After(d.from) {
		return
	}
	if s.sight == unwatched {
		d.gaps = append(d.gaps, &part)
	}
	for _, where := range r.places(s) {
		d.put(&bar{where, part})
	}
}

// put adds a bar, or makes the one before longer that says the same.
func (d *day) put(b *bar) {
	for i := len(d.bars) - 1; i >= max(0, len(d.bars)-2); i-- { // a span has two bars at most
		if d.bars[i].place == b.place && d.bars[i].to.Equal(b.from) {
			d.bars[i].to = b.to
			return
		}
	}
	d.bars = append(d.bars, b)
}

func (p *picture) mark(events []*event) {
	for _, e := range events {
		for _, d := range p.days {
			if !e.at.Before(d.from) && e.at.Before(d.to) {
				d.marks = append(d.marks, p.roster.marksOf(e)...)
			}
		}
	}
}

// between returns what was so between two rows; nil where they follow each other.
func between(earlier, later *day, spans []*span) *quiet {
	if !earlier.to.Before(later.from) {
		return nil
	}
	q := &quiet{first: earlier.to, last: midnight(later.from, -1)}
	for _, s := range spans {
		if !s.from.After(earlier.to) && s.to.After(earlier.to) {
			q.span = s
		}
	}
	return q
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
