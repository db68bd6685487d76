package page

import (
	"fmt"
	"io"
)

// drawLegend explains the patterns and the marks that occur in the pictures, and no others.
func drawLegend(w io.Writer, pictures []picture) {
	kinds, marks, gap := used(pictures)
	fmt.Fprint(w, "<ul class=\"legend\" aria-hidden=\"true\">\n")
	for _, b := range kinds {
		drawPattern(w, b.class, b.label)
	}
	if gap {
		drawPattern(w, "gap", "not watched")
	}
	for _, s := range signs {
		if marks[s] {
			fmt.Fprintf(w, "<li><svg width=\"16\" height=\"16\"><use href=\"#%s\"/></svg>%s</li>\n", s.id, text(s.one))
		}
	}
	fmt.Fprint(w, "</ul>\n")
}

func drawPattern(w io.Writer, class, label string) {
	fmt.Fprintf(w, "<li><svg width=\"32\" height=\"%d\"><rect class=\"%s\" width=\"100%%\" height=\"100%%\" rx=\"3\"/></svg>%s</li>\n",
		barHeight, class, text(label))
}

// pattern is what a bar looks like, and what that says.
type pattern struct{ class, label string }

// used returns what occurs: the patterns in the order of the legend, the marks, and whether there is a time that nobody watched.
func used(pictures []picture) (patterns []pattern, marks map[sign]bool, gap bool) {
	there, marks := map[pattern]bool{}, map[sign]bool{}
	for _, p := range pictures {
		for _, d := range p.days {
			gap = gap || len(d.gaps) > 0
			for _, b := range d.bars {
				there[pattern{b.look(), b.legend()}] = true
			}
			for _, m := range d.marks {
				marks[m.sign] = true
			}
		}
	}
	for _, k := range []kind{held, notSeen, left, two, corrupt, blind, missing} {
		for _, lane := range []int{hereLane, hostLane} {
			b := bar{place: place{lane, k}}
			if p := (pattern{b.look(), b.legend()}); there[p] {
				patterns = append(patterns, p)
				delete(there, p)
			}
		}
	}
	return patterns, marks, gap
}
