package tray

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/doctor"
	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
)

// details is the text of Copy Details.
func (l *loop) details(now time.Time) string {
	c := l.config
	text := doctor.ProgramDetails(c.Version, c.Commit, c.StateDir, now) + doctor.NotificationDetails(l.delivery)
	for _, s := range l.stores {
		text += "\n" + doctor.StoreDetails(s.Snapshot, s.Health, now)
	}
	return text
}

// openStore shows the store in the file manager.
func openStore(ctx context.Context, dir string) result {
	err := desktop.Open(ctx, dir)
	if errors.Is(err, desktop.ErrMissing) {
		return result{Text: "The store is not there", Err: err}
	}
	return opened("The store", err)
}

// historyText is the file that Open History writes and shows: the journal is for programs.
const historyText = "history.txt"

// openHistory shows the whole history as the command prints it.
func openHistory(ctx context.Context, stateDir string, named bool) result {
	lines, err := state.OpenJournal(stateDir).Last(0)
	if err != nil {
		return opened("The history", err)
	}
	var text bytes.Buffer
	events := report.Entries(lines)
	_ = report.WriteHistory(&text, events, named || report.SeveralStores(events), strings.Clone, time.Now()) // a Buffer takes all
	path := filepath.Join(stateDir, historyText)
	if err := fsx.Replace(path, text.Bytes(), 0o600); err != nil {
		return opened("The history", err)
	}
	return opened("The history", desktop.Open(ctx, path))
}

func opened(what string, err error) result {
	if err != nil {
		return result{Text: what + " could not be opened: " + words.Clean(err.Error()), Err: err}
	}
	return result{}
}
