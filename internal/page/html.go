package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

var (
	//go:embed page.css
	style string
	// shapes are the patterns of the bars and the marks.
	//go:embed shapes.svg
	shapes string
)

// head begins the page. The policy forbids scripts, and to load anything.
const head = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>Lockbar history</title>
<style>
%s</style>
</head>
<body>
%s<main>
<h1>Who held the store</h1>
`

// HTML returns the page, which is well-formed XML too.
func (h History) HTML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, head, style, shapes)
	if pictures := h.pictures(); len(pictures) == 0 {
		fmt.Fprintf(&b, "<p>%s</p>\n<p class=\"dim\">Made by Lockbar at %s.</p>\n", text(report.NoHistory), h.made())
	} else {
		fmt.Fprintf(&b, "<p class=\"tally\">%s</p>\n", text(h.tally()))
		drawLegend(&b, pictures)
		for i := range pictures {
			h.drawStore(&b, i, &pictures[i])
		}
		h.list(&b)
		fmt.Fprintf(&b, "<p class=\"dim\">%s %s.</p>\n", footnote, h.made())
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.Bytes()
}

const footnote = "Lockbar sees a store while the tray app runs. Between two looks that found the same lock, the picture has it there all the time. " +
	"Made by Lockbar at"

// made says when the page was made, and in which time zone it is.
func (h History) made() string {
	return text(h.Now.Format("15:04 on Monday 2 January 2006; all times are MST (UTC-07:00)"))
}

// pictures returns one for each store, that of the newest event first.
func (h History) pictures() (pictures []picture) {
	stores := map[string][]report.Line{}
	for _, e := range h.Events {
		stores[e.Identity()] = append(stores[e.Identity()], e)
	}
	for _, e := range slices.Backward(h.Events) {
		if events := stores[e.Identity()]; events != nil {
			pictures = append(pictures, newPicture(events, spansOf(events, h.Looks[e.Identity()], h.Now), h.Now))
			delete(stores, e.Identity())
		}
	}
	return pictures
}

// tally counts what the marks stand for.
func (h History) tally() string {
	count := map[sign]int{}
	for _, e := range h.Events {
		for _, s := range signsOf(e.Entry) {
			count[s]++
		}
	}
	var parts []string
	for _, s := range signs {
		switch n := count[s]; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+s.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, s.many))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no takeover and no alarm"}
	}
	return "Since " + words.Clock(h.Events[0].Time(), h.Now) + ": " + strings.Join(parts, ", ") + "."
}

func (h History) drawStore(w io.Writer, i int, p *picture) {
	fmt.Fprint(w, "<section>\n")
	if h.Named {
		fmt.Fprintf(w, "<h2>%s</h2>\n", text(words.Path(p.store)))
	}
	for n := range p.days {
		if n > 0 {
			p.quiet[n-1].draw(w, &p.roster, h.Now)
		}
		p.days[n].draw(w, &p.roster, fmt.Sprintf("s%dd%d", i, n), h.Now)
	}
	if p.older > 0 {
		fmt.Fprintf(w, "<p class=\"quiet\">Earlier days with events, which are in the list only: %d</p>\n", p.older)
	}
	fmt.Fprint(w, "</section>\n")
}

// draw says in a line what was so on the days between two rows.
func (q quiet) draw(w io.Writer, r *roster, now time.Time) {
	if q.days == 0 {
		return
	}
	name := dayName(q.first, now)
	if q.days > 1 {
		name = dateName(q.first, now) + " to " + dateName(q.last, now)
	}
	fmt.Fprintf(w, "<p class=\"quiet\">%s: %s</p>\n", text(name), text(q.says(r)))
}

func (q quiet) says(r *roster) string {
	places := r.places(q.span)
	switch {
	case q.span.sight == unwatched:
		return "not watched"
	case len(places) == 0:
		return "nobody held the store"
	case q.span.look.State == lockcore.Contested:
		return "two claimed the store at once"
	}
	return r.name(places[0].lane) + ": " + places[0].kind.says
}

// list writes all events as a table, which says all that the pictures show.
func (h History) list(w io.Writer) {
	fmt.Fprint(w, "<h2>Events, newest first</h2>\n<table>\n<thead><tr><th scope=\"col\">When</th>")
	if h.Named {
		fmt.Fprint(w, "<th scope=\"col\">Store</th>")
	}
	fmt.Fprint(w, "<th scope=\"col\">What happened</th></tr></thead>\n<tbody>\n")
	for i := len(h.Events) - 1; i >= 0; i-- {
		h.item(w, h.Events[i].Entry)
	}
	fmt.Fprint(w, "</tbody>\n</table>\n")
}

func (h History) item(w io.Writer, e report.Entry) {
	at := e.Time().In(h.Now.Location())
	layout := "Mon 2 Jan 15:04"
	if at.Year() != h.Now.Year() {
		layout = "Mon 2 Jan 2006 15:04"
	}
	fmt.Fprintf(w, "<tr><td><time datetime=\"%s\">%s</time></td>", at.Format(time.RFC3339), at.Format(layout))
	if h.Named {
		fmt.Fprintf(w, "<td>%s</td>", text(words.Path(e.To.Store)))
	}
	fmt.Fprint(w, "<td>")
	for _, s := range signsOf(e) {
		fmt.Fprintf(w, "<svg width=\"16\" height=\"16\" aria-hidden=\"true\"><use href=\"#%s\"/></svg>", s.id)
	}
	fmt.Fprintf(w, "%s</td></tr>\n", text(e.Sentence()))
}
