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
// it. own is what the change kept. NoEvent stands for what a
// watcher would call it. What was done is done: a history that cannot be written changes no exit code.
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
		complain(os.Stderr, "warning: this is not in the history: "+err.Error())
	}
}
