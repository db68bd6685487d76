package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// A palette formats text with or without colour. Colour adds no information.
type palette struct {
	colour bool
	width  int // of the terminal, in columns; 0 if the output is not a terminal, so that lines are not broken
}

// paletteFor returns the palette for an output. It has colour if the output is a terminal that can show it, and NO_COLOR is not set
// (no-color.org).
func paletteFor(f *os.File) palette {
	wanted := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return palette{wanted && isTerminal(f) && understandsEscapes(f), widthOf(f)}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

func widthOf(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// narrowest is the least width, in columns, for which fitted breaks text into lines. In less space the terminal breaks it just as well.
const narrowest = 30

// fitted breaks text between words into lines that fit the terminal after an indent. The terminal would break it within words, and
// start the next line at the left edge.
func (p palette) fitted(text string, indent int) string {
	if p.width-indent < narrowest {
		return text
	}
	return strings.ReplaceAll(wrapped(text, p.width-indent), "\n", "\n"+strings.Repeat(" ", indent))
}

// Weights, which paint accepts like colours.
const (
	bold  words.Colour = "1"
	faint words.Colour = "2"
)

func (p palette) state(s lockcore.State) string { return p.paint(words.SignOf(s).Colour, s.String()) }

func (p palette) label(s string) string { return p.paint(faint, s) }

func (p palette) paint(c words.Colour, s string) string {
	if !p.colour || c == "" || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + "\x1b[0m"
}

// paddedState pads a state to the width of the longest one. Escape sequences do not count.
func (p palette) paddedState(s lockcore.State) string {
	return p.state(s) + strings.Repeat(" ", max(0, stateWidth-len(s.String())))
}

// printJSON writes one object on one line.
func printJSON(w io.Writer, object any) error {
	line, err := report.Encode(object)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

var (
	errDeclined   = errors.New("cancelled; nothing was changed")
	errNoTerminal = errors.New("nothing was changed: lockbar cannot ask without a terminal, so add --yes")
)

// confirm shows what would be removed, and asks. It prints to standard error, since standard output may be a file, or JSON.
func confirm(what []row, question string) error {
	if !isTerminal(os.Stdin) {
		return errNoTerminal
	}
	printRows(os.Stderr, paletteFor(os.Stderr), what)
	fmt.Fprint(os.Stderr, question, " [y/N] ")
	answer, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		fmt.Fprintln(os.Stderr)
	}
	if !accepted(answer) {
		return errDeclined
	}
	return nil
}

// accepted reports whether an answer is y or yes. Every other answer, even an empty line, means no.
func accepted(answer string) bool {
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
