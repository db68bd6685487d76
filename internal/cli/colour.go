package cli

import (
	"os"
	"strings"

	"golang.org/x/term"

	"lockbar/lockcore"
)

// palette writes in colour, or plainly. Colour only adds: the words say everything.
type palette struct{ colour bool }

// paletteFor allows colour on a terminal that can show it and whose user wants it (no-color.org).
func paletteFor(f *os.File) palette {
	wanted := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return palette{wanted && term.IsTerminal(int(f.Fd())) && understandsEscapes(f)}
}

// SGR codes of ECMA-48: the terminal's own colours, which are legible on its own background.
const (
	red     = "31"
	green   = "32"
	yellow  = "33"
	magenta = "35"
	cyan    = "36"
	bold    = "1"
	faint   = "2"
)

var stateColours = map[lockcore.State]string{
	lockcore.Unknown:       magenta,
	lockcore.Unlocked:      green,
	lockcore.HeldHere:      green,
	lockcore.HeldElsewhere: cyan,
	lockcore.Stale:         yellow,
	lockcore.Contested:     bold + ";" + red,
	lockcore.Corrupt:       red,
}

func (p palette) state(s lockcore.State) string { return p.paint(stateColours[s], s.String()) }

func (p palette) label(s string) string { return p.paint(faint, s) }

func (p palette) paint(code, s string) string {
	if !p.colour || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// paddedState is as wide as the longest state; what is invisible must not count.
func (p palette) paddedState(s lockcore.State) string {
	return p.state(s) + strings.Repeat(" ", max(0, stateWidth-len(s.String())))
}
