package cli

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// writeHistory writes down what this command did to a lock. A tray that runs sees it too, and one of the two writes
// it. own is what the change kept. What was done is done: a history that cannot be written changes no exit code.
func writeHistory(ctx context.Context, s settings, event func(from, to lockcore.State) watch.Event, from *report.Status, own lockcore.Backup) {
	if s.stateDir == "" {
		return
	}
	saved, _ := state.Read(s.stateDir) // the command has said what is wrong with it
	to := report.NewStatus(s.stores[0].Inspect(ctx, saved.Holders.Memory(s.stores[0])), time.Now())
	entry := report.NewEntry(event(from.State, to.State), from, to)
	entry.Backup = filepath.Base(own.Path)
	if err := state.OpenJournal(s.stateDir).Record(entry); err != nil {
		complain(os.Stderr, "warning: this is not in the history: "+err.Error())
	}
}

// always names an event that follows from what the command did.
func always(event watch.Event) func(from, to lockcore.State) watch.Event {
	return func(_, _ lockcore.State) watch.Event { return event }
}
