//go:build linux

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// past lists the events of the history.
func (d *desk) past() (events []string) {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.home.State(), "history.jsonl"))
	if err != nil && !os.IsNotExist(err) {
		d.t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var entry struct{ Event string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			d.t.Fatal(err)
		}
		events = append(events, entry.Event)
	}
	return events
}

// waitPast waits until the last event of the history is this one.
func (d *desk) waitPast(last string) {
	d.t.Helper()
	for ctx := d.ctx(); ; time.Sleep(10 * time.Millisecond) { // a file tells nobody that it changed
		if past := d.past(); len(past) > 0 && past[len(past)-1] == last {
			return
		}
		if ctx.Err() != nil {
			d.t.Fatalf("the history has %q, want %s at its end", d.past(), last)
		}
	}
}

func (d *desk) do(args ...string) {
	d.t.Helper()
	p := d.command(args...).Start(d.t)
	if code := testdesk.Must(p.Wait(d.ctx()))(d.t); code != 0 {
		d.t.Fatalf("%q: code %d, %s%s", args, code, p.Stdout(), p.Stderr())
	}
}

// TestCommandsAreToldOnce: unlock, restore and unlock again within a second are three lines, and the app, which sees as much of it as
// it can, adds none.
func TestCommandsAreToldOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	conflictCopy(t, d)
	d.start().waitIcon(icons.Contested)
	d.do("unlock", "--copies", "--yes")
	d.waitIcon(icons.HeldElsewhere)
	d.do("unlock", "--yes")
	d.do("restore")
	d.do("unlock", "--yes")
	d.waitIcon(icons.Unlocked)
	d.store.takeOver(t, "mac-air") // whatever else there was to write comes before this
	d.waitPast("acquired")
	if got, want := d.past(), []string{"cleared", "removed", "restored", "removed", "acquired"}; !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
}

// TestCommandsBesideNoApp are told once, too, when the app starts later.
func TestCommandsBesideNoApp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	conflictCopy(t, d)
	d.start().waitIcon(icons.Contested)
	d.waitTold("mac-mini", true)
	d.kill()
	d.do("unlock", "--copies", "--yes")
	d.start().waitIcon(icons.HeldElsewhere)
	d.waitTold(`"held-elsewhere"`, true)
	d.kill()
	d.do("unlock", "--yes")
	d.start().waitIcon(icons.Unlocked)
	d.store.takeOver(t, "mac-air")
	d.waitPast("acquired")
	if got, want := d.past(), []string{"cleared", "removed", "acquired"}; !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
}

// TestKilledBeforeItNotedTheLook: the history has the event, the state file not yet; the next process writes it no second time.
func TestKilledBeforeItNotedTheLook(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	d.waitTold("mac-mini", true)
	path := filepath.Join(d.home.State(), "state.json")
	before := testdesk.Must(os.ReadFile(path))(t)
	d.store.takeOver(t, "mac-air")
	d.waitTold("mac-air", true)
	d.kill()
	write(t, path, string(before))
	d.start().waitIcon(icons.HeldElsewhere)
	d.waitTold("mac-air", true)
	d.store.write(t, []byte("not a lock"))
	d.waitPast("corrupted")
	if got, want := d.past(), []string{"taken-over", "corrupted"}; !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
}
