package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

func newStatus(g *globals) *cobra.Command {
	var asJSON, exitCode bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show who uses the store now",
		Long: `Show who uses the store now, and what may be done about it. Nothing is written.

` + statesHelp + `
Exit code: 0 if the state was printed; with --exit-code, the number of the state above; for several stores, that of
the worst state.`,
		Example:    "  lockbar status\n  lockbar status --json\n  lockbar status --exit-code || echo \"in use, or something is wrong\"",
		SuggestFor: []string{"show", "who", "info", "list", "ls", "state", "check", "lock"},
		Args:       noArguments,
		RunE: g.command(func(cmd *cobra.Command, s settings, _ []string) error {
			return runStatus(cmd.Context(), s, asJSON, exitCode)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object per line, for each store")
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "report the state as the exit code")
	return cmd
}

func runStatus(ctx context.Context, s settings, asJSON, exitCode bool) error {
	lookOnly()
	looks := lookAtAll(ctx, s.stores, s.saved.Holders)
	p := paletteFor(os.Stdout)
	err := printLooks(looks, asJSON, p, func(l look) any { return report.NewStatus(l.Snapshot, l.at).SetHosts(l.Peers) },
		func(l look) []row { return statusRows(l, p, s) })
	if err != nil {
		return err
	}
	if code := worstExitCode(looks); exitCode && code != exitOK {
		return &failure{code: code}
	}
	return nil
}

// A look pairs a snapshot of a store with its time.
type look struct {
	lockcore.Snapshot
	at time.Time
}

// lookAtAll looks at the stores in parallel, so that a dead mount or a settling store does not delay the others.
func lookAtAll(ctx context.Context, stores []*lockcore.Store, known state.Holders) []look {
	looks := make([]look, len(stores))
	var all sync.WaitGroup
	for i, store := range stores {
		all.Go(func() {
			looks[i] = look{store.Inspect(ctx, known.Memory(store)), time.Now()}
		})
	}
	all.Wait()
	return looks
}

// printLooks prints each look, as a JSON object or as rows.
func printLooks(looks []look, asJSON bool, p palette, object func(look) any, rows func(look) []row) error {
	w := bufio.NewWriter(os.Stdout)
	for i, l := range looks {
		if asJSON {
			if err := printJSON(w, object(l)); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			io.WriteString(w, "\n")
		}
		printRows(w, p, rows(l))
	}
	return w.Flush()
}

func worstExitCode(looks []look) int {
	worst := words.SignOf(lockcore.Unlocked)
	for _, l := range looks {
		if sign := words.SignOf(l.State); sign.Severity > worst.Severity {
			worst = sign
		}
	}
	return worst.ExitCode
}

// A row is a line of the text output; printRows may break it. A row without a label continues the one above.
type row struct{ label, text string }

const labelCopies = "copies"

// statusRows returns the text of one look. Only verboseRows has rows for the holder and its time, since the sentence of words.Detail says
// what matters of them.
func statusRows(l look, p palette, s settings) []row {
	rows := []row{
		{"store", path(l.Store)},
		{"state", stateText(l.Snapshot, p)},
		{"", words.Detail(l.Snapshot, l.at.Local())},
	}
	var copies []string
	for _, c := range l.Conflicts.List() {
		copies = append(copies, copyText(l.Snapshot, c))
	}
	rows = slices.Concat(rows, listed(labelCopies, copies), listed("hosts", words.Hosts(l.Peers, l.at, false)))
	if hint := words.Next(l.Snapshot, s.commands(l.Store)); hint != "" {
		rows = append(rows, row{"next", hint})
	}
	if s.verbose {
		rows = append(rows, verboseRows(l, s)...)
	}
	return rows
}

// copyText describes a conflict copy. It omits the holder if the sentence of words.Detail names it.
func copyText(s lockcore.Snapshot, c lockcore.Conflict) string {
	if s.Reason == lockcore.ConflictCopy && len(s.Conflicts.List()) == 1 && !c.Superseded {
		return path(c.Path)
	}
	return conflictText(c)
}

func stateText(s lockcore.Snapshot, p palette) string {
	text := p.state(s.State)
	if s.Reason != "" {
		text += " (" + string(s.Reason) + ")"
	}
	return text
}

func holderText(r lockcore.Record) string {
	return words.Host(r) + ", PID " + strconv.Itoa(r.PID)
}

func conflictText(c lockcore.Conflict) string {
	who := holderText(c.Record)
	if c.Superseded {
		who += ", settled: its holder is gone, or the lock was taken again since"
	}
	return path(c.Path) + " (" + who + ")"
}

// verboseRows returns the facts behind the sentence of words.Detail.
func verboseRows(l look, s settings) []row {
	rows := []row{{"found by", path(s.origins[l.Store])}, {"host", words.Clean(l.Host)}}
	if !l.Record.IsZero() {
		rows = append(rows, row{"holder", holderText(l.Record)}, row{"since", words.Taken(l.Record, l.at.Local())})
	}
	if l.Token != "" {
		rows = append(rows, row{"token", string(l.Token)})
	}
	if l.Holder.Command != "" {
		rows = append(rows, row{"command", words.Clean(l.Holder.Command)})
	}
	if problem := words.Problem(l.Snapshot); problem != "" {
		rows = append(rows, row{"problem", words.OneLine(problem)})
	}
	return rows
}

// listed returns a row for each text. Only the first has the label.
func listed(label string, texts []string) (rows []row) {
	for _, text := range texts {
		rows = append(rows, row{label, text})
		label = ""
	}
	return rows
}

// printRows prints rows and aligns their texts after the longest label. It breaks a text into lines only if the row has no label and is not
// one of copies: most other texts hold paths and commands, which users copy whole.
func printRows(w io.Writer, p palette, rows []row) {
	width, copies := 0, false
	for _, r := range rows {
		width = max(width, utf8.RuneCountInString(r.label))
	}
	for _, r := range rows {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(r.label))
		text := r.text
		copies = r.label == labelCopies || copies && r.label == ""
		if r.label == "" && !copies {
			text = p.fitted(text, width+2)
		}
		fmt.Fprintf(w, "%s%s  %s\n", p.label(r.label), pad, text)
	}
}

// path returns a path that is safe for a terminal.
func path(s string) string { return words.Path(s) }
