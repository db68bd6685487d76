package tray

import (
	"context"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/page"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/lockcore"
)

// looksNow returns what the menu shows of each store, by its identity.
func (l *loop) looksNow() map[string]lockcore.Snapshot {
	looks := map[string]lockcore.Snapshot{}
	for i, s := range l.config.Stores {
		looks[s.Identity()] = l.stores[i].Snapshot
	}
	return looks
}

// openHistory shows the whole history as a page: the journal is for programs.
func openHistory(ctx context.Context, stateDir string, looks map[string]lockcore.Snapshot) result {
	path, err := saveHistory(desktop.PageDir(ctx, stateDir), stateDir, looks, time.Now())
	if err != nil {
		return opened("The history", err)
	}
	return opened("The history", desktop.Open(ctx, path))
}

// saveHistory makes the page of the journal as it is now, and returns its path.
func saveHistory(dir, stateDir string, looks map[string]lockcore.Snapshot, now time.Time) (string, error) {
	lines, err := state.OpenJournal(stateDir).Last(0)
	if err != nil {
		return "", err
	}
	events := report.ParseLines(lines)
	named := len(looks) > 1 || report.SeveralStores(events)
	h := page.History{Events: events, Named: named, Looks: looks, Now: now}
	return h.Save(dir, stateDir)
}
