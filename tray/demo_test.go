package tray

import (
	"io"
	"strings"
	"testing"

	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// TestDemoSaysThatItIsOne checks that only a demo marks its messages, once each, and its view.
func TestDemoSaysThatItIsOne(t *testing.T) {
	const slot = "store"
	for _, demo := range []bool{false, true} {
		l := newLoop(Config{Demo: demo}, newLogs(io.Discard, true))
		l.stores = []storeView{{Name: "s", Snapshot: lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini)}}
		l.order(noon, notify.Order{Slot: slot, Message: notify.Message{Title: "Two daemons", Body: "b"}})
		l.order(noon, notify.Order{Slot: slot, Message: l.outbox.Shows(slot)})
		want := "Two daemons"
		if demo {
			want = "Demo: Two daemons"
		}
		if got := l.outbox.Shows(slot).Title; got != want {
			t.Errorf("demo %v: titled %q, want %q", demo, got, want)
		}
		l.order(noon, notify.Order{Slot: slot})
		if got := l.outbox.Shows(slot); !got.IsZero() {
			t.Errorf("demo %v: a withdrawn message became %+v", demo, got)
		}
		v := l.view()
		if strings.HasPrefix(v.Tooltip, demoMark) != demo || (v.Menu[0].Title == demoLine) != demo {
			t.Errorf("demo %v: the tooltip is %q, the menu begins with %q", demo, v.Tooltip, v.Menu[0].Title)
		}
	}
}

// TestDemoCopiesNoCommand checks that a demo copies nothing: the command would stop the daemon of the user's own store.
func TestDemoCopiesNoCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // without a program to copy with, an attempt is an error
	r := Config{Demo: true}.copyCommand(t.Context(), words.StopCommand)
	if r.Err != nil || !strings.Contains(r.Text, words.StopCommand) {
		t.Errorf("%+v", r)
	}
}

// TestDemoAnnounces checks that a demo announces to its invented machine as to a real one, and retracts that when announcing is off.
func TestDemoAnnounces(t *testing.T) {
	const id = "1111111111111111"
	s := newStores(t, 1, lockcore.Options{Hostname: "studio", Machine: id})[0]
	for _, talk := range []bool{true, false} {
		l := newLoop(Config{Demo: true, Version: "test", Stores: []*lockcore.Store{s}}, newLogs(io.Discard, true))
		l.settings.Talk = talk
		l.memories = []lockcore.Memory{{Shared: true}}
		l.stores[0].Snapshot = s.Inspect(t.Context(), lockcore.Memory{})
		l.announce(noon)
		for i := range l.announcers {
			if writes := l.announcers[i].writes; writes != nil {
				close(writes)
			}
		}
		l.work.Wait()
		if own, written := s.Inspect(t.Context(), lockcore.Memory{}).Peers.Own(); written != talk || talk && own.Machine != id {
			t.Errorf("Tell Other Computers %v: the store has %+v", talk, own)
		}
	}
}
