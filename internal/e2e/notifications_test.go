//go:build linux

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// waitNote waits for a notification with this text in its title.
func (d *desk) waitNote(title string) testdesk.Notification {
	d.t.Helper()
	return testdesk.Must(d.notes.WaitFor(d.ctx(), func(n testdesk.Notification) bool {
		return strings.Contains(n.Summary, title)
	}))(d.t)
}

// TestTwoWritersAreUrgent tests that the alarm about two writers is urgent, names the kind of program that runs here, and advises
// `iai-mcp daemon stop` only for a daemon.
func TestTwoWritersAreUrgent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		hold        func(*desk) int
		title, body string
		stop        bool
	}{
		{"a daemon", func(d *desk) int { return d.holdAsDaemon().pid() }, "Two daemons write to one store", "mac-mini took over", true},
		{"lockbar run", func(d *desk) int { return d.hold().PID() }, "Two programs may write to one store", "and a lockbar run", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.store.make(t)
			d.start()
			pid := test.hold(d)
			d.store.takeOver(t, "mac-mini")
			n := d.waitNote(test.title)
			if n.Urgency() != testdesk.Critical {
				t.Errorf("not urgent: %v", n)
			}
			if !strings.Contains(n.Body, test.body) || !strings.Contains(n.Body, fmt.Sprintf("(PID %d)", pid)) ||
				strings.Contains(n.Body, "iai-mcp daemon stop") != test.stop {
				t.Errorf("the body is %q", n.Body)
			}
		})
	}
}

// grace is the time after which a stale lock causes a message. It is longer than
// the 5 s after which iai-mcp's launchd agent restarts a crashed daemon.
const grace = 10 * time.Second

// waitScreen waits until exactly these messages are shown, each given by a part of its title, and returns them.
func (d *desk) waitScreen(titles ...string) []testdesk.Notification {
	d.t.Helper()
	shown, err := d.notes.WaitScreen(d.ctx(), func(shown []testdesk.Notification) bool {
		return slices.EqualFunc(shown, titles, func(n testdesk.Notification, title string) bool { return strings.Contains(n.Summary, title) })
	})
	if err != nil {
		d.t.Fatalf("want %q: %v", titles, err)
	}
	return shown
}

// waitHeld waits until the hanging notification service delays a call.
func (d *desk) waitHeld() {
	d.t.Helper()
	if err := d.notes.WaitHeld(d.ctx(), 1); err != nil {
		d.t.Fatal(err)
	}
}

// newHungDesk returns a desk on which lockbar sends a message about mac-mini to
// a notification service that hangs.
func newHungDesk(t *testing.T) *desk {
	t.Helper()
	d := heldDesk(t, "mac-air")
	d.notes.Hang()
	d.store.takeOver(t, "mac-mini")
	d.waitHeld()
	return d
}

// TestHungNotifications tests a service that does not reply to a call. The tray goes on, reports no failure, and sends each message once.
func TestHungNotifications(t *testing.T) {
	t.Parallel()
	d := newHungDesk(t)
	changed := time.Now()
	d.store.write(t, []byte("not a lock"))
	if icon := d.waitIcon(icons.Corrupt); icon.Received.Sub(changed) > atOnce {
		t.Errorf("the icon came after %v, delayed by the notification", icon.Received.Sub(changed))
	}
	d.waitLine("The lock is corrupt")
	d.notes.Release()
	d.waitScreen("The lock is corrupt")
	if got := d.titles(); len(got) != 2 {
		t.Errorf("notifications are %q, want each once", got)
	}
	if e, failed := testdesk.Must(d.item.Menu(d.ctx()))(t).FindShown("A notification could not be shown"); failed {
		t.Errorf("the menu has %q", e.Text())
	}
}

// atOnce bounds the delay of an event. It is less than the poll interval of
// 30 s, because the poll would hide a lost event. Events take milliseconds, but
// a CI machine that builds meanwhile stalls.
const atOnce = 15 * time.Second
