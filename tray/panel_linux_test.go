package tray

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
	"lockbar/notify"
)

// hear starts the watch of a session with that patience, and returns its news and its hints at new watchers.
func hear(t *testing.T, b *testdesk.Bus, patience time.Duration) (news chan bool, newPanel chan struct{}) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Address())
	bus, err := openBus(t.Context(), newLogs(io.Discard, true))
	testfs.Check(t, err)
	ctx, cancel := context.WithCancelCause(t.Context())
	news, newPanel = make(chan bool), make(chan struct{}, 1)
	over := make(chan struct{})
	go func() {
		defer close(over)
		bus.watch(ctx, cancel, newPanel, news, patience)
	}()
	t.Cleanup(func() {
		cancel(nil)
		<-over
		bus.Close()
	})
	return news, newPanel
}

func wantNews(t *testing.T, news <-chan bool, want bool) {
	t.Helper()
	select {
	case got := <-news:
		if got != want {
			t.Errorf("%v, want %v", got, want)
		}
	case <-testdesk.Deadline(t).Done():
		t.Fatalf("nothing, want %v", want)
	}
}

const soon = 100 * time.Millisecond

// TestIconIsRegisteredOnceItIsExported checks that the icon is not registered before it is exported: a panel queries an item only once.
func TestIconIsRegisteredOnceItIsExported(t *testing.T) {
	b := testdesk.NewBus(t)
	news, _ := hear(t, b, soon)
	wantNews(t, news, false)
	w := testdesk.NewWatcher(t, b)
	wantNews(t, news, true) // after the signal of the panel was handled
	if all := w.Registrations(); len(all) > 0 {
		t.Errorf("registered before it was exported: %+v", all)
	}
}

func TestWatcherWithoutHost(t *testing.T) {
	b := testdesk.NewBus(t)
	w := testdesk.NewWatcherWithoutHost(t, b)
	news, _ := hear(t, b, soon)
	wantNews(t, news, false)
	testfs.Check(t, w.AddHost())
	wantNews(t, news, true)
}

// TestWatcherComesBeforeItsHost starts a watcher first: kded owns the name seconds before the panel is there.
func TestWatcherComesBeforeItsHost(t *testing.T) {
	b := testdesk.NewBus(t)
	news, newPanel := hear(t, b, soon)
	wantNews(t, news, false)
	w := testdesk.NewWatcherWithoutHost(t, b)
	<-newPanel
	testfs.Check(t, w.AddHost())
	wantNews(t, news, true)
}

// TestMissingPanelIsToldOnce checks that each start logs a missing panel, and that only the first login and a start at a terminal send a
// message.
func TestMissingPanelIsToldOnce(t *testing.T) {
	for _, test := range []struct {
		name       string
		decider    notify.Decider
		atTerminal bool
		messages   int
	}{
		{"the first login", notify.Decider{}, false, 1},
		{"the next one", notify.Decider{PanelMissing: true}, false, 0},
		{"at a terminal", notify.Decider{PanelMissing: true}, true, 1},
	} {
		var out bytes.Buffer
		l := newLoop(Config{AtTerminal: test.atTerminal}, newLogs(&out, false))
		l.decider = test.decider
		l.tellPanel(false, "XFCE")
		if got := len(l.pending.letters); got != test.messages || out.Len() == 0 {
			t.Errorf("%s: %d messages, and in the log %q", test.name, got, out.String())
		}
	}
}
