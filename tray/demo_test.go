package tray

import (
	"io"
	"strings"
	"testing"

	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/notify"
)

// TestDemoSaysThatItIsOne: what is told, and told again, and shown; and nothing else does.
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
			t.Errorf("demo %v: %+v is left of a message that was withdrawn", demo, got)
		}
		v := l.view()
		if strings.HasPrefix(v.Tooltip, demoMark) != demo || (v.Menu[0].Title == demoLine) != demo {
			t.Errorf("demo %v: the tooltip is %q, the menu begins with %q", demo, v.Tooltip, v.Menu[0].Title)
		}
	}
}

// TestDemoCopiesNoCommand: pasted into a terminal it would stop the daemon of the user's own store.
func TestDemoCopiesNoCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // there is no program to copy with: who tries says so
	r := Config{Demo: true}.copyCommand(t.Context())
	if r.Err != nil || !strings.Contains(r.Text, words.StopCommand) {
		t.Errorf("%+v", r)
	}
}
