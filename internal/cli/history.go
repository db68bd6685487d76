package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func newHistory(g *globals) *cobra.Command {
	var asJSON bool
	var newest int
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Print what happened, as the tray app and the commands saw it",
		Long: `Print what happened, oldest first: the events that the tray app saw while it ran, and what unlock,
restore and run did to a lock. With --store only those of these stores.`,
		Args: noArguments,
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
	lines, err := state.OpenJournal(s.stateDir).Last(0)
	if err != nil {
		return err
	}
	events := report.ParseLines(lines)
	if ofStores {
		events = s.eventsHere(events)
	}
	named := len(s.stores) > 1 || report.SeveralStores(events)
	if newest != all && len(events) > newest {
		events = events[len(events)-newest:]
	}
	out := bufio.NewWriter(os.Stdout)
	switch {
	case asJSON:
		printLines(out, events)
	case len(events) == 0 && newest != 0:
		fmt.Fprintln(out, "Nothing is in the history yet: it is written while the tray app runs (lockbar), and by unlock, restore and run.")
	default:
		_ = report.WriteHistory(out, events, named, paletteFor(os.Stdout).label, time.Now()) // Flush tells of it
	}
	return out.Flush()
}

// eventsHere keeps the events of these stores, by whatever path they were watched.
func (s settings) eventsHere(events []report.Line) []report.Line {
	return slices.DeleteFunc(events, func(e report.Line) bool {
		return !slices.ContainsFunc(s.stores, func(one *lockcore.Store) bool {
			return e.Identity() == one.Identity() || e.To.Store == one.Dir() && e.To.Identity == "" // of an earlier version
		})
	})
}

func printLines(w io.Writer, events []report.Line) {
	for _, e := range events {
		fmt.Fprintf(w, "%s\n", report.Escape(e.Line))
	}
}

// writeHistory writes down what this command did to a lock. A tray that runs sees it too, and one of the two writes it. own is
// what the change kept; NoEvent stands for what a watcher would call it. What was done is done: a history that cannot be written
// changes no exit code.
func writeHistory(ctx context.Context, s settings, event watch.Event, from *report.Status, own lockcore.Backup) {
	if s.stateDir == "" {
		return
	}
	saved, _ := state.Read(s.stateDir) // the command has said what is wrong with it
	now := s.stores[0].Inspect(ctx, saved.Holders.Memory(s.stores[0]))
	if event == watch.NoEvent {
		event = watch.EventBetween(from.Snapshot(), now)
	}
	entry := report.NewEntry(event, from, report.NewStatus(now, time.Now()))
	entry.Backup = filepath.Base(own.Path)
	if err := state.OpenJournal(s.stateDir).Record(entry); err != nil {
		complain(os.Stderr, "warning: this is not in the history: "+words.Plain(err))
	}
}
