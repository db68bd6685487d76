package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"lockbar/internal/journal"
	"lockbar/internal/jsonline"
	"lockbar/internal/report"
	"lockbar/internal/words"
)

func newHistory(g *globals) *cobra.Command {
	var asJSON bool
	var newest int
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Print what happened, as the tray app and the commands saw it",
		Long: `Print what happened, oldest first: the events that the tray app saw while it ran, and what unlock and
restore did. With --store only those of these stores.`,
		Args: cobra.NoArgs,
		RunE: g.plainCommand(func(cmd *cobra.Command, s settings, _ []string) error {
			if newest < 0 {
				return usageError(errors.New("-n is negative"))
			}
			if !cmd.Flags().Changed("lines") {
				newest = all
			}
			return runHistory(s, cmd.Flags().Changed("store"), newest, asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the objects of watch --json, one per line")
	cmd.Flags().IntVarP(&newest, "lines", "n", 0, "only the newest `N` (default all)")
	return cmd
}

// all is no number of lines.
const all = -1

func runHistory(s settings, ofStores bool, newest int, asJSON bool) error {
	if s.stateDir == "" {
		return errors.New("no history: this system has no place for it, so give --state-dir")
	}
	lines, err := journal.Open(s.stateDir).Last(0)
	if err != nil {
		return err
	}
	events := eventsOf(lines, func(c report.Change) bool { return !ofStores || s.has(c.To.Store) })
	named := len(s.stores) > 1 || severalStores(events)
	if newest != all && len(events) > newest {
		events = events[len(events)-newest:]
	}
	out := bufio.NewWriter(os.Stdout)
	switch {
	case asJSON:
		printLines(out, events)
	case len(events) == 0 && newest != 0:
		fmt.Fprintln(out, "Nothing is in the history yet: it is written while the tray app runs (lockbar), and by unlock and restore.")
	default:
		printHistory(out, paletteFor(os.Stdout), events, named, time.Now())
	}
	return out.Flush()
}

func (s settings) has(store string) bool {
	for _, one := range s.stores {
		if one.Dir() == store {
			return true
		}
	}
	return false
}

// pastEvent is a line of the journal, as it stands there and as it was understood.
type pastEvent struct {
	report.Change
	line json.RawMessage
}

// eventsOf passes over what is no event: a later version may write more.
func eventsOf(lines []json.RawMessage, wanted func(report.Change) bool) []pastEvent {
	var events []pastEvent
	for _, line := range lines {
		if c, err := report.ParseChange(line); err == nil && wanted(c) {
			events = append(events, pastEvent{c, line})
		}
	}
	return events
}

func printLines(w io.Writer, events []pastEvent) {
	for _, e := range events {
		fmt.Fprintf(w, "%s\n", jsonline.Escape(e.line))
	}
}

// printHistory names the stores where there are several, even if these events are all of one.
func printHistory(w io.Writer, p palette, events []pastEvent, named bool, now time.Time) {
	width := 0
	for _, e := range events {
		width = max(width, utf8.RuneCountInString(words.Clock(e.Time(), now)))
	}
	for _, e := range events {
		store := ""
		if named {
			store = path(e.To.Store) + ": "
		}
		clock := fmt.Sprintf("%*s", width, words.Clock(e.Time(), now))
		fmt.Fprintf(w, "%s  %s%s\n", p.label(clock), store, e.Sentence())
	}
}

func severalStores(events []pastEvent) bool {
	return slices.ContainsFunc(events, func(e pastEvent) bool { return e.To.Store != events[0].To.Store })
}
