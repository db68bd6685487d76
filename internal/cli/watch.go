package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/internal/zone"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func newWatch(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Show who uses the store, then each change",
		Long: `Show who uses the store now, then print a line for each change, until you interrupt it (Ctrl-C).

When a lock disappears, its line is printed ten seconds later, since another computer may have taken the store over: if that
computer's lock arrives meanwhile, there is one line for both. It is printed at once if the daemon here ended or Lockbar removed the lock.`,
		Example:    "  lockbar watch\n  lockbar watch --json | jq .event",
		SuggestFor: []string{"follow", "monitor", "tail"},
		Args:       noArguments,
		RunE: g.command(func(cmd *cobra.Command, s settings, _ []string) error {
			return runWatch(cmd.Context(), s, eventPrinter(s.stores, asJSON))
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object per line, for each event")
	return cmd
}

// runWatch prints until it is interrupted, or until its output is closed, as in `lockbar watch | head -1`. Neither is an error.
func runWatch(ctx context.Context, s settings, print func(watch.Change) error) error {
	lookOnly()
	stayLean()
	ctx, stop := untilInterrupted(ctx)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	keepBrokenPipes()
	go func() {
		waitOutputClosed(ctx, os.Stdout)
		cancel()
	}()
	var failed error
	known := s.saved.Holders.Of(s.stores)
	err := watch.Run(ctx, watch.Config{Stores: s.stores, Memories: known.Memories(s.stores), Emit: func(c watch.Change) {
		known = s.remember(known, c) // before the line, whose reader may run status at once
		if failed == nil && c.Event != watch.NoEvent {
			failed = print(c)
		}
		if failed != nil {
			cancel()
		}
	}})
	if isOutputClosed(failed) {
		failed = nil
	}
	return errors.Join(err, failed)
}

// remember saves the holder of a store for the commands that look only once, and returns all known holders. It does nothing without a state
// directory.
func (s settings) remember(known state.Holders, c watch.Change) state.Holders {
	next := known.With(s.stores[c.Store], c.Memory)
	if s.stateDir == "" || next.Equal(known) {
		return known
	}
	if err := state.Update(s.stateDir, func(saved *state.Saved) { saved.SetHolders(next) }); err != nil {
		complain(os.Stderr, "warning: the holder was not saved for later commands: "+words.Plain(err))
	}
	return next
}

func eventPrinter(stores []*lockcore.Store, asJSON bool) func(watch.Change) error {
	if asJSON {
		return jsonEvents(os.Stdout, len(stores))
	}
	p := paletteFor(os.Stdout)
	return func(c watch.Change) error { return printEvent(os.Stdout, p, c, len(stores) > 1) }
}

// jsonEvents returns a function that prints changes as JSON. It keeps the time of each store's last report, which is the time
// of the next "from".
func jsonEvents(w io.Writer, stores int) func(watch.Change) error {
	last := make([]time.Time, stores)
	return func(c watch.Change) error {
		from := report.NewStatus(c.From, last[c.Store])
		last[c.Store] = c.At
		return printJSON(w, report.NewEntry(c.Event, from, report.NewStatus(c.To, c.At)))
	}
}

// Widths of the columns of watch, for the longest names: resurrected, held-elsewhere.
const eventWidth, stateWidth = 11, 14

// printEvent writes one event as text. It names the store only if there are several.
func printEvent(w io.Writer, p palette, c watch.Change, named bool) error {
	now := zone.Of(c.At.Local())
	store := ""
	if named {
		store = path(c.To.Store) + ": "
	}
	_, err := fmt.Fprintf(w, "%s  %-*s  %s  %s%s\n", p.label(now.Format(time.TimeOnly)), eventWidth, c.Event,
		p.paddedState(c.To.State), store, words.Detail(c.To, now))
	return err
}
