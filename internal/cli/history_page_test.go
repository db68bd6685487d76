package cli

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lockbar/lockcore"
)

// TestHistoryAsPage goes to standard output where that is no terminal, and writes no file.
func TestHistoryAsPage(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.run("unlock", "--yes").want(t, 0)
	w.run("restore").want(t, 0)
	page := w.run("history", "--html").want(t, 0).out
	for d := xml.NewDecoder(strings.NewReader(page)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, page)
		}
	}
	for _, want := range []string{"The lock of mac-mini was removed</td>", "The lock of mac-mini was put back</td>", "Content-Security-Policy"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	w.mustBeGone(filepath.Join(w.state, "history.html"))
	w.run("history", "--html", "-n", "1").want(t, exitUsage)
	w.run("history", "--html", "--json").want(t, exitUsage)
}

func TestPageOfNoHistory(t *testing.T) {
	w := newWorld(t)
	if page := w.run("history", "--html").want(t, 0).out; !strings.Contains(page, "Nothing is in the history yet") {
		t.Errorf("%s", page)
	}
	w.mustBeGone(w.state)
}

// TestPageLooksSideBySide: a lock that is written all the time, so that its look takes as long as it may, takes no other one's time.
func TestPageLooksSideBySide(t *testing.T) {
	busy, held := newWorld(t), newWorld(t)
	busy.write(".locked", []byte("{"))
	held.writeLock(foreign())
	ctx, cancel := context.WithTimeout(t.Context(), 5*lockcore.SettleTime)
	defer cancel()
	var writer sync.WaitGroup
	writer.Go(func() {
		for ctx.Err() == nil {
			_ = os.WriteFile(busy.lock(), []byte("{"), 0o600)
		}
	})
	defer writer.Wait()
	var s settings
	for _, w := range []*world{busy, held} {
		store, err := lockcore.Open(w.dir, lockcore.Options{Hostname: ourHost})
		if err != nil {
			t.Fatal(err)
		}
		s.stores = append(s.stores, store)
	}
	looks := s.looksNow(ctx)
	for i, want := range []lockcore.State{lockcore.Unknown, lockcore.HeldElsewhere} {
		if l := looks[s.stores[i].Identity()]; l.Store != s.stores[i].Dir() || l.State != want {
			t.Errorf("%s: %v (%s), want %v", l.Store, l.State, l.Reason, want)
		}
	}
}
