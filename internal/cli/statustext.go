package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// row is one line of the text output; a row without a label goes on with the one above.
type row struct{ label, text string }

// statusRows is the text of one look.
func statusRows(l seen, p palette, s settings) []row {
	now := l.at.Local()
	rows := []row{
		{"store", path(l.Store)},
		{"state", stateText(l.Snapshot, p)},
		{"detail", words.Detail(l.Snapshot, now)},
	}
	if !l.Record.IsZero() {
		rows = append(rows, row{"holder", holderText(l.Record)}, row{"since", words.Taken(l.Record, now)})
	}
	for i, c := range l.Conflicts.List() {
		rows = append(rows, row{continued("copies", i), conflictText(c)})
	}
	if s.verbose {
		rows = append(rows, row{"found by", path(s.origins[l.Store])})
		rows = append(rows, verboseRows(l)...)
	}
	if hint := words.Next(l.Snapshot, s.commands(l.Store)); hint != "" {
		rows = append(rows, row{"next", hint})
	}
	return rows
}

func stateText(s lockcore.Snapshot, p palette) string {
	text := p.state(s.State)
	if s.Reason != "" {
		text += " (" + string(s.Reason) + ")"
	}
	return text
}

func holderText(r lockcore.Record) string {
	return words.Host(r) + ", process " + strconv.Itoa(r.PID)
}

func conflictText(c lockcore.Conflict) string {
	who := "no valid lock"
	if !c.Record.IsZero() {
		who = holderText(c.Record)
	}
	if c.Superseded {
		who += ", settled: its holder is gone, or the lock was taken anew since"
	}
	return path(c.Path) + " (" + who + ")"
}

func verboseRows(l seen) []row {
	rows := []row{{"host", words.Clean(l.Host)}}
	if l.Token != "" {
		rows = append(rows, row{"token", string(l.Token)})
	}
	if l.Holder.Command != "" {
		rows = append(rows, row{"command", words.Clean(l.Holder.Command)})
	}
	if problem := l.Problem.String(); problem != "" {
		rows = append(rows, row{"problem", oneLine(problem)})
	}
	return rows
}

func continued(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}

// printRows aligns the texts behind the longest label.
func printRows(w io.Writer, p palette, rows []row) {
	width := 0
	for _, r := range rows {
		width = max(width, utf8.RuneCountInString(r.label))
	}
	for _, r := range rows {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(r.label))
		fmt.Fprintf(w, "%s%s  %s\n", p.label(r.label), pad, r.text)
	}
}

// path shows a path.
func path(s string) string { return words.Path(s) }
