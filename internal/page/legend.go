package page

import (
	"fmt"
	"io"

	"lockbar/internal/words"
)

// used marks the patterns and signs that occur in the pictures.
type used struct {
	bars [len(kinds)]struct{ here, elsewhere bool }
	gap  bool
	sign [len(signs)]bool
}

func (u *used) add(d *day) {
	u.gap = u.gap || len(d.gaps) > 0
	for _, b := range d.bars {
		if b.lane == hereLane && kinds[b.kind].owned {
			u.bars[b.kind].here = true
		} else {
			u.bars[b.kind].elsewhere = true
		}
	}
	for _, m := range d.marks {
		u.sign[m.sign] = true
	}
}

// drawLegend writes the legend of the patterns and the signs that occur in the pictures.
func drawLegend(w io.Writer, pictures []*picture) {
	var u used
	for _, p := range pictures {
		for _, d := range p.days {
			u.add(d)
		}
	}
	fmt.Fprint(w, "<ul class=\"legend\" aria-hidden=\"true\">\n")
	for k, is := range u.bars {
		drawKind(w, is.here, place{hereLane, kind(k)}, " by "+words.Machine())
		drawKind(w, is.elsewhere, place{hostLane, kind(k)}, " by another computer")
	}
	if u.gap {
		drawPattern(w, "gap", "not watched")
	}
	for i, is := range u.sign {
		if is {
			fmt.Fprintf(w, "<li>%s%s</li>\n", shapeOf(sign(i)), signs[i].one)
		}
	}
	fmt.Fprint(w, "</ul>\n")
}

func drawKind(w io.Writer, is bool, p place, by string) {
	if !kinds[p.kind].owned {
		by = ""
	}
	if is {
		drawPattern(w, p.look(), kinds[p.kind].label+by)
	}
}

func drawPattern(w io.Writer, class, label string) {
	fmt.Fprintf(w, "<li><svg width=\"32\" height=\"%d\"><rect class=\"%s\" width=\"100%%\" height=\"100%%\" rx=\"3\"/></svg>%s</li>\n",
		barHeight, class, label)
}
