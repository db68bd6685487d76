package cli

import (
	"context"
	"os"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/lockcore/watch"
)

// writeHistory writes down what this command did to a lock. A tray that runs sees it too, and one of the two writes
// it. began is when the change could first be seen; an event without a name of its own is the one that a tray would see. What was done is done: a history that cannot be written changes no exit
// code.
func writeHistory(ctx context.Context, s settings, event watch.Event, from report.Look, began time.Time) {
	if s.stateDir == "" {
		return
	}
	known, _ := state.ReadHolders(s.stateDir) // the command has said what is wrong with it
	to := report.Look{Snapshot: s.stores[0].Inspect(ctx, known.Memory(s.stores[0])), At: time.Now()}
	if event == watch.NoEvent {
		event = watch.Diff(from.Snapshot, to.Snapshot, watch.Context{Now: to.At})
	}
	err := state.NewRecorder(state.OpenJournal(s.stateDir)).Record(report.NewChange(event, from, to), began)
	if err != nil {
		complain(os.Stderr, "warning: this is not in the history: "+err.Error())
	}
}
