package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lockbar/internal/report"
	"lockbar/internal/words"
)

var (
	//go:embed page.css
	style string
	// shapes holds the patterns of the bars and the marks.
	//go:embed shapes.svg
	shapes string
)

// head begins the page. The policy forbids scripts and loading anything.
const head = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>%s</title>
<style>
%s</style>
</head>
<body>
%s<main>
<h1>%s</h1>
`

// HTML returns the page, which is well-formed XML too.
func (h *History) HTML() []byte {
	var b bytes.Buffer
	title, heading := "Lockbar history", "Who held the store"
	if h.Demo {
		title, heading = "Demo: Lockbar history", "Demo: who held the throw-away store"
	}
	fmt.Fprintf(&b, head, title, style, shapes, heading)
	if events := eventsOf(h.Events); len(events) == 0 {
		fmt.Fprintf(&b, "<p>%s</p>\n<p class=\"dim\">Made by Lockbar at %s.</p>\n", text(report.NoHistory), text(h.made(h.Now)))
	} else {
		h.draw(&b, events)
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.Bytes()
}

func (h *History) draw(w io.Writer, events []*event) {
	pictures := h.pictures(events)
	fmt.Fprintf(w, "<p class=\"tally\">%s</p>\n", text(tally(events, h.Now)))
	drawLegend(w)
	for i, p := range pictures {
		h.drawStore(w, i, p)
	}
	h.list(w, events)
	fmt.Fprintf(w, "<p class=\"dim\">%s %s.</p>\n", footnote, text(h.made(earliest(pictures, events).in(h.Now.Location()))))
}

const footnote = "Lockbar watches a store while the tray app runs. Where nothing is drawn, no lock was seen. Between two looks that found the same " +
	"lock, the picture shows it throughout. " +
	"\"Held unseen\" begins at the time in a lock, and ends when Lockbar found that lock. Made by Lockbar at"

// earliest returns the first time on the page.
func earliest(pictures []*picture, events []*event) moment {
	first := events[0].at
	for _, p := range pictures {
		first = min(first, p.days[len(p.days)-1].from)
	}
	return first
}

// made returns the time when the page was made, and the zones of the times on it, from first on.
func (h *History) made(first time.Time) string {
	zones := zonesBetween(first, h.Now)
	made := h.Now.Format("15:04 on Monday 2 January 2006") + "; all times are " + strings.Join(zones, " or ")
	if len(zones) > 1 {
		made += ", as the clocks were set then"
	}
	return made
}

// zonesBetween returns the names of the time zones in a location between two times: more than one if the clocks change.
func zonesBetween(from, to time.Time) (names []string) {
	for at := from; ; {
		if name := zoneOf(at); !slices.Contains(names, name) {
			names = append(names, name)
		}
		_, end := at.ZoneBounds()
		if !end.IsZero() && !end.After(at) { // Go returns such an end on December 31 of a leap year if a rule defines the zone
			end = at.Add(24 * time.Hour)
		}
		if end.IsZero() || end.After(to) {
			return names
		}
		at = end
	}
}

// zoneOf returns the time zone of a time: "CET (UTC+01:00)", "UTC-03:00" if it has no name, or "UTC".
func zoneOf(t time.Time) string {
	name, offset := t.Zone()
	switch {
	case offset == 0 && name == "UTC":
		return name
	case strings.IndexFunc(name, unicode.IsLetter) != 0:
		return t.Format("UTC-07:00")
	}
	return name + t.Format(" (UTC-07:00)")
}

// pictures returns a picture for each store. The store with the newest event comes first.
func (h *History) pictures(events []*event) (pictures []*picture) {
	stores := map[string][]*event{}
	events = until(momentOf(h.Now), events)
	for _, e := range events {
		stores[e.Identity()] = append(stores[e.Identity()], e)
	}
	for i := len(events) - 1; i >= 0; i-- {
		id := events[i].Identity()
		if of := stores[id]; of != nil {
			look := h.Looks[id]
			pictures = append(pictures, newPicture(of, spansOf(of, &look, momentOf(h.Now)), h.Now))
			delete(stores, id)
		}
	}
	return pictures
}

// tally returns a sentence with the numbers of takeovers, alarms and other signs.
func tally(events []*event, now time.Time) string {
	var count [len(signs)]int
	for _, e := range events {
		for _, s := range signsOf(e) {
			count[s]++
		}
	}
	var parts []string
	for i, n := range count {
		switch n {
		case 0:
		case 1:
			parts = append(parts, "1 "+signs[i].one)
		default:
			parts = append(parts, strconv.Itoa(n)+" "+signs[i].many)
		}
	}
	if len(parts) == 0 {
		parts = []string{"no takeover and no alarm"}
	}
	return "Since " + words.Clock(events[0].Time(), now) + ": " + strings.Join(parts, ", ") + "."
}

func (h *History) drawStore(w io.Writer, i int, p *picture) {
	fmt.Fprint(w, "<section>\n")
	if h.Named {
		fmt.Fprintf(w, "<h2>%s</h2>\n", text(words.Path(p.store)))
	}
	for n := range p.days {
		if n > 0 && p.quiet[n-1] != nil {
			p.quiet[n-1].draw(w, &p.roster, h.Now)
		}
		p.days[n].draw(w, &p.roster, fmt.Sprintf("s%dd%d", i, n))
	}
	if p.older > 0 {
		fmt.Fprintf(w, "<p class=\"quiet\">Earlier days with events that are only in the list: %d</p>\n", p.older)
	}
	fmt.Fprint(w, "</section>\n")
}

// draw writes one line about the days between two rows.
func (q *quiet) draw(w io.Writer, r *roster, now time.Time) {
	name := dayName(q.first, now)
	if !q.first.Equal(q.last) {
		name = dateName(q.first, now) + " to " + dateName(q.last, now)
	}
	fmt.Fprintf(w, "<p class=\"quiet\">%s: %s</p>\n", text(name), text(q.summary(r)))
}

func (q *quiet) summary(r *roster) string {
	places := r.places(q.span)
	switch {
	case q.span.sight == unwatched:
		return "not watched"
	case len(places) == 0:
		return "no lock was seen"
	case len(places) > 1:
		return "two processes claimed the store at once"
	}
	return r.name(places[0].lane) + ": " + kinds[places[0].kind].sentence
}

// list writes all events as a table, also those for which the pictures have no room.
func (h *History) list(w io.Writer, events []*event) {
	store := ""
	if h.Named {
		store = "<th scope=\"col\">Store</th>"
	}
	fmt.Fprintf(w, "<h2>Events, newest first</h2>\n<table>\n<thead><tr><th scope=\"col\">When</th>%s"+
		"<th scope=\"col\">What happened</th></tr></thead>\n<tbody>\n", store)
	for i := len(events) - 1; i >= 0; i-- {
		h.item(w, events[i])
	}
	fmt.Fprint(w, "</tbody>\n</table>\n")
}

func (h *History) item(w io.Writer, e *event) {
	at, layout := e.at.in(h.Now.Location()), "Mon 2 Jan 15:04"
	if at.Year() != h.Now.Year() {
		layout = "Mon 2 Jan 2006 15:04"
	}
	store, marks := "", ""
	if h.Named {
		store = "<td>" + text(words.Path(e.To.Store)) + "</td>"
	}
	for _, s := range signsOf(e) {
		marks += shapeOf(s)
	}
	fmt.Fprintf(w, "<tr><td><time datetime=\"%s\">%s</time></td>%s<td>%s%s</td></tr>\n",
		at.Format(time.RFC3339), at.Format(layout), store, marks, text(e.Sentence()))
}

// shapeOf returns the shape of a mark, for a line whose text says the same.
func shapeOf(s sign) string {
	return "<svg width=\"16\" height=\"16\" aria-hidden=\"true\"><use href=\"#" + signs[s].id + "\"/></svg>"
}
