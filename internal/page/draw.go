package page

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Sizes of a row, in pixels. Positions along a row are percentages, so that it fits every screen.
const (
	axisHeight = 20
	barHeight  = 16
	markHeight = 17 // above the bar, in a lane with marks
	laneGap    = 7
	// thinnest is the narrowest bar, in percent: five minutes.
	thinnest = 0.35
	// near is the distance, in percent, below which two marks of a lane overlap even on a wide screen. They are then drawn markWidth
	// pixels apart.
	near      = 1.8
	markWidth = 17
	// maxMarks limits the marks that are drawn beside each other; the others are only counted.
	maxMarks = 4
	// letter is the width of a letter of a label, in percent, on the smallest screen that shows labels (page.css).
	letter = 1.2
	// hourLines is the number of hours between two hour lines.
	hourLines = 3
)

// row is a lane in the picture of one day.
type row struct {
	lane, top int
	marks     [][]*mark // in groups that are drawn beside each other
}

func (r *row) bar() int {
	if len(r.marks) > 0 {
		return r.top + markHeight
	}
	return r.top
}

func (r *row) height() int { return r.bar() - r.top + barHeight + laneGap }

// rows returns the rows of the lanes that a day needs, from top to bottom, the same rows by lane, and the height of the picture.
func (d *day) rows(r *roster) (rows []*row, of [lanes]*row, height int) {
	used := [lanes]bool{hereLane: true}
	var marks [lanes][]*mark
	for _, b := range d.bars {
		used[b.lane] = true
	}
	for _, m := range d.marks {
		used[m.to] = true
		marks[m.to] = append(marks[m.to], m)
	}
	height = axisHeight
	for _, lane := range r.order() {
		if used[lane] {
			of[lane] = &row{lane, height, d.clusters(marks[lane])}
			rows = append(rows, of[lane])
			height += of[lane].height()
		}
	}
	return rows, of, height
}

// clusters groups the marks that are drawn beside each other.
func (d *day) clusters(marks []*mark) (groups [][]*mark) {
	for _, m := range marks {
		if n := len(groups); n > 0 && d.x(m.at)-d.x(groups[n-1][0].at) < near {
			groups[n-1] = append(groups[n-1], m)
			continue
		}
		groups = append(groups, []*mark{m})
	}
	return groups
}

// x returns the position of a time in its day, in percent.
func (d *day) x(t moment) float64 {
	return 100 * float64(t-d.from) / float64(d.to-d.from)
}

// width returns the width of a stretch, in percent, but at least thinnest.
func (d *day) width(s *stretch) float64 { return max(thinnest, d.x(s.to)-d.x(s.from)) }

// draw writes the row of a day.
func (d *day) draw(w io.Writer, r *roster, id string) {
	rows, of, height := d.rows(r)
	fmt.Fprintf(w, "<figure>\n<figcaption>%s</figcaption>\n<ul aria-hidden=\"true\" style=\"padding-top:%dpx\">", d.name, axisHeight)
	for _, row := range rows {
		fmt.Fprintf(w, "<li style=\"height:%dpx\"><bdi>%s</bdi></li>", row.height(), text(r.name(row.lane)))
	}
	fmt.Fprintf(w, "</ul>\n<svg role=\"img\" aria-labelledby=\"%[1]s-t %[1]s-d\" width=\"100%%\" height=\"%[2]d\">\n"+
		"<title id=\"%[1]s-t\">Who held the store: %[3]s</title>\n<desc id=\"%[1]s-d\">%[4]s</desc>\n", id, height, d.name, text(d.inWords(r)))
	d.drawGround(w, rows, height)
	for _, b := range d.bars {
		d.drawBar(w, b, text(r.name(b.lane)), of[b.lane].bar())
	}
	for _, row := range rows {
		for _, group := range row.marks {
			d.drawLines(w, group, of)
			d.drawGroup(w, group, row.top)
		}
	}
	fmt.Fprint(w, "</svg>\n</figure>\n")
}

// drawGround writes the hours, the background of the lanes, the times that were not watched and, in today's row, a line for now.
func (d *day) drawGround(w io.Writer, rows []*row, height int) {
	for _, row := range rows {
		fmt.Fprintf(w, "<rect class=\"lane\" y=\"%d\" width=\"%.2f%%\" height=\"%d\"/>\n", row.bar(), d.x(d.end), barHeight)
	}
	for _, gap := range d.gaps {
		d.drawBox(w, gap, "Not watched, "+d.clocks(gap), "gap", axisHeight-3, height-axisHeight)
		d.drawLabel(w, "not watched", "gap", d.width(gap))
	}
	for hour := 0; hour <= 24; hour += hourLines {
		d.drawHour(w, hour, height)
	}
	if d.end < d.to {
		drawLine(w, "now", d.x(d.end), axisHeight-4, height)
	}
}

// drawBox begins a box, which clips its label: drawLabel ends it.
func (d *day) drawBox(w io.Writer, s *stretch, title, class string, top, height int) {
	fmt.Fprintf(w, "<svg x=\"%.2f%%\" y=\"%d\" width=\"%.2f%%\" height=\"%d\"><title>%s</title>"+
		"<rect class=\"%s\" width=\"100%%\" height=\"100%%\" rx=\"3\"/>", d.x(s.from), top, d.width(s), height, title, class)
}

// drawLabel writes a label if there is room for it, and ends the box.
func (d *day) drawLabel(w io.Writer, label, class string, width float64) {
	if width >= letter*float64(len(label)+2) {
		fmt.Fprintf(w, "<text class=\"in %s\" x=\"7\" y=\"12\">%s</text>", class, label)
	}
	fmt.Fprint(w, "</svg>\n")
}

// drawLine writes a vertical line.
func drawLine(w io.Writer, class string, x float64, from, to int) {
	fmt.Fprintf(w, "<line class=\"%s\" x1=\"%.2[2]f%%\" x2=\"%.2[2]f%%\" y1=\"%[3]d\" y2=\"%[4]d\"/>\n", class, x, from, to)
}

// hour returns the moment at which an hour of the day begins. Hours 0 and 24 are the ends of the day, since the clock may skip midnight.
func (d *day) hour(hour int) moment {
	switch hour {
	case 0:
		return d.from
	case 24:
		return d.to
	}
	year, month, date := d.date.Date()
	return momentOf(time.Date(year, month, date, hour, 0, 0, 0, d.date.Location()))
}

// drawHour writes an hour line, and at every second line the hour.
func (d *day) drawHour(w io.Writer, hour, height int) {
	at := d.hour(hour)
	x := d.x(at)
	drawLine(w, "hour", x, axisHeight-4, height)
	anchor := "middle"
	switch {
	case hour%(2*hourLines) != 0:
		return
	case hour == 0:
		anchor = "start"
	case hour == 24:
		anchor = "end"
	}
	fmt.Fprintf(w, "<text class=\"hour\" x=\"%.2f%%\" y=\"11\" text-anchor=\"%s\">%s</text>\n", x, anchor, d.clock(at))
}

func (d *day) drawBar(w io.Writer, b *bar, machine string, top int) {
	k := &kinds[b.kind]
	d.drawBox(w, &b.stretch, machine+": "+k.label+", "+d.clocks(&b.stretch), b.class(), top, barHeight)
	d.drawLabel(w, k.label, k.class, d.width(&b.stretch))
}

// class returns the CSS classes of a bar. Some kinds have a colour of their own for this machine.
func (p place) class() string {
	if p.lane == hereLane && kinds[p.kind].owned {
		return kinds[p.kind].class + " here"
	}
	return kinds[p.kind].class
}

// drawLines draws a line for each takeover, from the lane of the machine that lost the lock to the lane of its new holder. It draws none
// if the loser's bar ends before the mark, because the takeover was found late.
func (d *day) drawLines(w io.Writer, marks []*mark, of [lanes]*row) {
	for _, m := range marks {
		for _, b := range d.bars {
			if m.from != m.to && b.lane == m.from && b.from <= m.at && m.at <= b.to {
				drawLine(w, "hand", d.x(m.at), of[m.from].bar()+barHeight/2, of[m.to].bar()+barHeight/2)
				break
			}
		}
	}
}

// drawGroup writes marks beside each other; near the end of a day, from right to left.
func (d *day) drawGroup(w io.Writer, group []*mark, top int) {
	at, step := d.x(group[0].at), markWidth
	if at > 90 {
		step = -markWidth
	}
	shown := min(len(group), maxMarks)
	fmt.Fprintf(w, "<svg class=\"marks\" x=\"%.2f%%\" y=\"%d\">", at, top)
	for i, m := range group[:shown] {
		fmt.Fprintf(w, "<g transform=\"translate(%d)\"><title>%s</title><use href=\"#%s\"/></g>",
			i*step-8, text(d.clock(m.at)+" "+m.sentence), signs[m.sign].id)
	}
	if more := len(group) - shown; more > 0 {
		anchor, x := "start", shown*step-6
		if step < 0 {
			anchor, x = "end", shown*step+6
		}
		fmt.Fprintf(w, "<text class=\"more\" x=\"%d\" y=\"12\" text-anchor=\"%s\">+%d</text>", x, anchor, more)
	}
	fmt.Fprint(w, "</svg>\n")
}

// maxWords limits the parts of a day's description. The table lists all events.
const maxWords = 24

// inWords returns the description of a day for readers who cannot see the picture.
func (d *day) inWords(r *roster) string {
	var parts []string
	for _, b := range d.bars {
		parts = append(parts, d.clocks(&b.stretch)+" "+r.name(b.lane)+": "+kinds[b.kind].sentence)
	}
	for _, g := range d.gaps {
		parts = append(parts, d.clocks(g)+" not watched")
	}
	slices.Sort(parts) // each part begins with its time
	if len(parts) == 0 {
		return "No lock was seen."
	}
	if more := len(parts) - maxWords; more > 0 {
		parts = append(parts[:maxWords], fmt.Sprintf("and %d more: see the list of events", more))
	}
	return strings.Join(parts, "; ") + "."
}

// clocks returns a stretch as "09:14 to 24:00".
func (d *day) clocks(s *stretch) string { return d.clock(s.from) + " to " + d.clock(s.to) }

func (d *day) clock(t moment) string {
	if t == d.to {
		return "24:00"
	}
	return t.in(d.date.Location()).Format("15:04")
}

// dayName returns the name of a day, after "Today" or "Yesterday" for these two.
func dayName(t, today time.Time) string {
	switch name := dateName(t, today); {
	case t.Equal(midnight(today, 0)):
		return "Today, " + name
	case t.Equal(midnight(today, -1)):
		return "Yesterday, " + name
	default:
		return name
	}
}

func dateName(t, today time.Time) string {
	if t.Year() != today.Year() {
		return t.Format("Monday 2 January 2006")
	}
	return t.Format("Monday 2 January")
}
