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

	"lockbar/internal/desktop"
	"lockbar/internal/page"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func newHistory(g *globals) *cobra.Command {
	var wanted historyFlags
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Print what happened, as the tray app and the commands saw it",
		Long: `Print what happened, oldest first: the events that the tray app saw while it ran, and what unlock,
restore and run did to a lock. With --store, only the events of these stores.

--html makes a page with a picture of who held the store and when. At a terminal it saves the page, prints
its path, and opens the page if there is a desktop. If standard output is not a terminal, it prints the page.`,
		Example:    "  lockbar history -n 10\n  lockbar history --json\n  lockbar history --html > history.html",
		SuggestFor: []string{"log", "logs", "activity", "recent", "events"},
		RunE: g.plainCommand(func(cmd *cobra.Command, s settings, _ []string) error {
			if wanted.newest < 0 {
				return usageError(errors.New("-n must not be negative"))
			}
			if !cmd.Flags().Changed("lines") {
				wanted.newest = all
			}
			wanted.ofStores = cmd.Flags().Changed("store")
			return runHistory(cmd.Context(), s, wanted)
		}),
	}
	cmd.Flags().BoolVar(&wanted.asJSON, "json", false, "the objects of watch --json, one per line")
	cmd.Flags().BoolVar(&wanted.asPage, "html", false, "a page with a picture, for a browser")
	cmd.Flags().IntVarP(&wanted.newest, "lines", "n", 0, "only the newest `N` (default all)")
	exclusive(cmd, "html", "json", "lines") // a page of only some lines would show watched times as unwatched
	return cmd
}

// historyFlags selects what is printed, and how.
type historyFlags struct {
	asJSON, asPage bool
	ofStores       bool
	newest         int
}

// all selects every line. It is not a valid number of lines.
const all = -1

func runHistory(ctx context.Context, s settings, wanted historyFlags) error {
	if s.stateDir == "" {
		return errors.New("no history: this system has no place for it, so give --state-dir")
	}
	lines, err := state.OpenJournal(s.stateDir).Last(0)
	if err != nil {
		return err
	}
	events := report.ParseLines(lines)
	if wanted.ofStores {
		events = s.eventsHere(events)
	}
	named := len(s.stores) > 1 || report.SeveralStores(events)
	if wanted.newest != all && len(events) > wanted.newest {
		events = events[len(events)-wanted.newest:]
	}
	if wanted.asPage {
		return s.showPage(ctx, &page.History{Events: events, Named: named, Looks: s.looksNow(ctx), Now: time.Now()})
	}
	out := bufio.NewWriter(os.Stdout)
	switch {
	case wanted.asJSON:
		printLines(out, events)
	case len(events) == 0 && wanted.newest != 0:
		fmt.Fprintln(out, report.NoHistory)
	default:
		_ = report.WriteHistory(out, events, named, paletteFor(os.Stdout).label, time.Now()) // Flush returns the same error
	}
	return out.Flush()
}

// looksNow looks at the stores, so that the page can show whether the state after the last event still holds.
func (s settings) looksNow(ctx context.Context) map[string]lockcore.Snapshot {
	looks := map[string]lockcore.Snapshot{}
	for i, l := range lookAtAll(ctx, s.stores, s.saved.Holders) {
		looks[s.stores[i].Identity()] = l.Snapshot
	}
	return looks
}

// showPage prints the page if standard output is not a terminal. At a terminal it saves the page, prints its path, and opens the page if
// there is a desktop.
func (s settings) showPage(ctx context.Context, h *page.History) error {
	if !isTerminal(os.Stdout) {
		_, err := os.Stdout.Write(h.HTML())
		return err
	}
	file, err := h.Save(desktop.PageDir(ctx, s.stateDir, desktop.Command))
	if err != nil {
		return err
	}
	fmt.Println(path(file))
	if desktop.HasScreen() {
		if err := desktop.Open(ctx, file); err != nil {
			complain(os.Stderr, "the page was not opened: "+words.Plain(err))
		}
	}
	return nil
}

// eventsHere returns the events of these stores, including those recorded under another path of a store.
func (s settings) eventsHere(events []report.Line) []report.Line {
	return slices.DeleteFunc(events, func(e report.Line) bool {
		return !slices.ContainsFunc(s.stores, func(one *lockcore.Store) bool {
			return e.Identity() == one.Identity()
		})
	})
}

func printLines(w io.Writer, events []report.Line) {
	for _, e := range events {
		fmt.Fprintf(w, "%s\n", report.Escape(e.Line))
	}
}

// writeHistory records the change that this command made to a lock. A running tray may record it too; the journal keeps one entry. own
// is the backup of the change. If event is NoEvent, writeHistory records what a watcher would report. A failed write does not change the
// exit code, since the change is already made.
func writeHistory(ctx context.Context, s settings, event watch.Event, from *report.Status, own lockcore.Backup) {
	if s.stateDir == "" {
		return
	}
	saved, _ := state.Read(s.stateDir) // the command has reported the error
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
