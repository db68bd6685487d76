package tray

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/page"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/zone"
	"lockbar/lockcore"
)

// looksNow returns the snapshots that the menu shows, by the identity of the store.
func (l *loop) looksNow() map[string]lockcore.Snapshot {
	looks := map[string]lockcore.Snapshot{}
	for i, s := range l.config.Stores {
		looks[s.Identity()] = l.stores[i].Snapshot
	}
	return looks
}

// openHistory shows the whole history as a page, since the journal itself is for programs.
func (l *loop) openHistory(ctx context.Context, looks map[string]lockcore.Snapshot) result {
	c := l.config
	dir := desktop.PageDir(ctx, c.StateDir, c.pageDirName())
	if c.Demo && dir != c.StateDir { // the demo removes its state directory itself
		l.work.Go(func() { removePageAfter(ctx, dir) })
	}
	path, err := c.saveHistory(dir, looks, zone.Of(time.Now()))
	if err == nil {
		err = desktop.Open(ctx, path)
	}
	return opened("The history", err)
}

// pageDirName returns the name for a directory that desktop.PageDir chooses itself. A demo must not replace the user's own page.
func (c Config) pageDirName() string {
	if c.Demo {
		return desktop.Command + "-demo"
	}
	return desktop.Command
}

// removePageAfter removes the page and its directory when ctx ends.
func removePageAfter(ctx context.Context, dir string) {
	<-ctx.Done()
	_ = os.Remove(filepath.Join(dir, page.Name))
	_ = os.Remove(dir)
}

var errNoHistory = errors.New("this system has no place for it")

// saveHistory makes the page from the journal, and returns its path. Without a state directory it reads nothing: the paths would lead into
// the working directory.
func (c Config) saveHistory(dir string, looks map[string]lockcore.Snapshot, now time.Time) (string, error) {
	if c.StateDir == "" {
		return "", errNoHistory
	}
	lines, err := state.OpenJournal(c.StateDir).Last(0)
	if err != nil {
		return "", err
	}
	events := report.ParseLines(lines)
	named := len(looks) > 1 || report.SeveralStores(events)
	h := page.History{Events: events, Named: named, Looks: looks, Now: now, Demo: c.Demo}
	return h.Save(dir)
}
