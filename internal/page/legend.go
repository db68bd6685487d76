package page

import (
	"fmt"
	"io"

	"lockbar/internal/words"
)

// drawLegend writes the meaning of all patterns and signs, also of those that no picture has now.
func drawLegend(w io.Writer) {
	fmt.Fprint(w, "<ul class=\"legend\" aria-hidden=\"true\">\n")
	for i, k := range kinds {
		switch {
		case k.owned:
			drawPattern(w, place{hereLane, kind(i)}.class(), k.label+" by "+words.Machine())
			drawPattern(w, place{hostLane, kind(i)}.class(), k.label+" by another computer")
		case kind(i) == blind:
			drawPattern(w, k.class, k.label+", or "+kinds[missing].label)
		case kind(i) != missing: // which looks like blind
			drawPattern(w, k.class, k.label)
		}
	}
	drawPattern(w, "gap", "not watched")
	for i, s := range signs {
		fmt.Fprintf(w, "<li>%s%s</li>\n", shapeOf(sign(i)), s.one)
	}
	fmt.Fprint(w, "</ul>\n")
}

func drawPattern(w io.Writer, class, label string) {
	fmt.Fprintf(w, "<li><svg width=\"32\" height=\"%d\"><rect class=\"%s\" width=\"100%%\" height=\"100%%\" rx=\"3\"/></svg>%s</li>\n",
		barHeight, class, label)
}
