//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// waitNote waits for a notification with this in its title.
func (d *desk) waitNote(title string) testdesk.Notification {
	d.t.Helper()
	return testdesk.Must(d.notes.WaitFor(d.ctx(), func(n testdesk.Notification) bool {
		return strings.Contains(n.Summary, title)
	}))(d.t)
}

func TestTakeoverIsTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-air")
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini")
	n := d.waitNote("Store taken over by mac-mini")
	if n.Urgency() != testdesk.Normal || !strings.Contains(n.Body, "iai-mcp daemon stop") {
		t.Errorf("it is %v", n)
	}
	if all := d.notes.All(); len(all) != 1 {
		t.Errorf("notifications are %v, want one: who held it at the first start is no news", all)
	}
}

// TestTakeoverInTwoSteps: the lock of one machine goes, then that of another one comes, as today's daemons and sync engines
// have it. The icon follows each step, and it is one message and one line of the history.
func TestTakeoverInTwoSteps(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-air")
	d.start().waitIcon(icons.HeldElsewhere)
	if err := os.Remove(d.store.lock()); err != nil {
		t.Fatal(err)
	}
	d.waitIcon(icons.Unlocked)
	d.store.takeOver(t, "mac-mini")
	d.waitIcon(icons.HeldElsewhere)
	d.waitNote("Store taken over by mac-mini")
	d.store.write(t, []byte("not a lock")) // whatever else was to be told comes before this
	d.waitNote("The lock is corrupt")
	if got := d.titles(); len(got) != 2 {
		t.Errorf("told %q, want the takeover once", got)
	}
	history := testdesk.Must(os.ReadFile(filepath.Join(d.home.State(), "history.jsonl")))(t)
	var events []string
	for line := range strings.Lines(string(history)) {
		var change struct{ Event string }
		if err := json.Unmarshal([]byte(line), &change); err != nil {
			t.Fatal(err)
		}
		events = append(events, change.Event)
	}
	if want := []string{"taken-over", "corrupted"}; !slices.Equal(events, want) {
		t.Errorf("the history has %q, want %q", events, want)
	}
}

// TestTwoWritersAreUrgent: what runs here is called what it is, and only a daemon is to be stopped by the daemon's command.
func TestTwoWritersAreUrgent(t *testing.T) {
	for _, test := range []struct {
		name        string
		hold        func(*desk) int
		title, body string
		stop        bool
	}{
		{"a daemon", (*desk).holdAsDaemon, "Two daemons write to one store", "mac-mini took over", true},
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

// grace is how long a lock must be stale before it is told: launchd restarts a
// crashed daemon within 5 s.
const grace = 10 * time.Second

func TestStaleIsToldAfterTheGrace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.make(t)
	d.start()
	holder := d.hold()
	killed := time.Now()
	holder.Kill()
	d.waitIcon(icons.Stale)
	if all := d.notes.All(); len(all) != 0 && time.Since(killed) < grace {
		t.Errorf("told at once: %v", all)
	}
	n := d.waitNote("left a lock behind")
	if waited := n.Received.Sub(killed); waited < grace {
		t.Errorf("told after %v, want %v at least", waited, grace)
	}
}

// TestStrangersMarkup: notification bodies are markup on Linux. The store's
// name stands in the body where there are several.
func TestStrangersMarkup(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	odd, plain := store{filepath.Join(d.home.Dir, "<b>&_$(id)")}, store{filepath.Join(d.home.Dir, "plain")}
	odd.takeOver(t, "mac-air")
	plain.make(t)
	d.start("--store", odd.dir, "--store", plain.dir).waitIcon(icons.HeldElsewhere)
	odd.takeOver(t, hostile)
	n := d.waitNote("Store taken over by")
	if strings.Contains(n.Body, "<b>") || !strings.Contains(n.Body, "&lt;b&gt;&amp;_$(id)") {
		t.Errorf("the body is %q", n.Body)
	}
	if control(n.Summary + n.Body) {
		t.Errorf("controls in %q %q", n.Summary, n.Body)
	}
	checkLabels(t, testdesk.Must(d.item.WaitMenu(d.ctx(), func(menu testdesk.Entry) bool { return hostsIn(menu) > 0 }))(t))
}

// hostile is what a stranger may put into a host name: markup, mnemonics, a
// terminal's escapes, right-to-left override, a shell, length.
var hostile = "<b>_&A\x1b[31m\u202egnp.exe$(id)" + strings.Repeat("x", 300)

func control(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == '\u202e' })
}

// hostsIn counts the entries that name the hostile host, both signs of which survive: a mnemonic would be swallowed.
func hostsIn(menu testdesk.Entry) (n int) {
	for e := range menu.All() {
		if strings.Contains(e.Text(), "<b>_&A") {
			n++
		}
	}
	return n
}

// longestLabel: a host of 64 characters and what stands around it.
const longestLabel = 160

func checkLabels(t *testing.T, menu testdesk.Entry) {
	t.Helper()
	for e := range menu.All() {
		if control(e.Label) || len([]rune(e.Label)) > longestLabel {
			t.Errorf("label %q", e.Label)
		}
	}
}

// waitScreen waits until these messages and no others are shown, each given by a part of its title, and returns them.
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

// waitHeld waits until the hung notification service keeps somebody waiting.
func (d *desk) waitHeld() {
	d.t.Helper()
	if err := d.notes.WaitHeld(d.ctx(), 1); err != nil {
		d.t.Fatal(err)
	}
}

// newHungDesk is a desk on which lockbar waits for a notification service that
// does not answer, to tell of mac-mini.
func newHungDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.store.takeOver(t, "mac-air")
	d.start().waitIcon(icons.HeldElsewhere)
	d.notes.Hang()
	d.store.takeOver(t, "mac-mini")
	d.waitHeld()
	return d
}

// TestHungNotifications: the service takes a call and does not answer. The tray goes on, nothing is said to have failed, and each
// message comes once.
func TestHungNotifications(t *testing.T) {
	t.Parallel()
	d := newHungDesk(t)
	changed := time.Now()
	d.store.write(t, []byte("not a lock"))
	if icon := d.waitIcon(icons.Corrupt); icon.Received.Sub(changed) > atOnce {
		t.Errorf("the icon waited %v for the notification", icon.Received.Sub(changed))
	}
	d.waitLine("The lock is corrupt")
	d.notes.Release()
	d.waitScreen("The lock is corrupt")
	if got := d.titles(); len(got) != 2 {
		t.Errorf("told %q, want each once", got)
	}
	if e, failed := testdesk.Must(d.item.Menu(d.ctx()))(t).FindShown("A notification could not be shown"); failed {
		t.Errorf("the menu says %q", e.Text())
	}
}

// TestHungNotificationsDie: a service that hangs is replaced by another one, which gets what the first one had and did not show.
func TestHungNotificationsDie(t *testing.T) {
	t.Parallel()
	d := newHungDesk(t)
	had := len(testdesk.Must(d.notes.WaitCount(d.ctx(), 1))(t))
	d.notes.Stop()
	d.notes.Release()
	if err := d.notes.Start(); err != nil {
		t.Fatal(err)
	}
	d.waitScreen("Store taken over by mac-mini")
	d.store.write(t, []byte("not a lock"))
	d.waitScreen("The lock is corrupt")
	if got := d.titles()[had:]; len(got) != 2 {
		t.Errorf("the new service was told %q, want each once", got)
	}
}

// atOnce is how soon a change must be seen. The slow poll, which would hide a
// lost event, comes after 30 s. What is measured is milliseconds; a CI machine
// that builds meanwhile stalls.
const atOnce = 15 * time.Second
