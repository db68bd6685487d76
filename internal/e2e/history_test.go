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

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// history reads the events from the history file.
func (d *desk) history() (events []string) {
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

// waitHistory waits until the last event of the history is the given one.
func (d *desk) waitHistory(last string) {
	d.t.Helper()
	d.until(func() error {
		if events := d.history(); len(events) == 0 || events[len(events)-1] != last {
			return fmt.Errorf("the history has %q, want %s at its end", events, last)
		}
		return nil
	})
}

// TestCommandsAreLoggedOnce tests that unlock, restore and another unlock within a second write three lines, and that the app adds none,
// although it may see only some of the changes.
func TestCommandsAreLoggedOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	conflictCopy(t, d)
	d.start().waitIcon(icons.Contested)
	d.lockbar("unlock", "--copies", "--yes")
	d.waitIcon(icons.HeldElsewhere)
	d.lockbar("unlock", "--yes")
	d.lockbar("restore")
	d.lockbar("unlock", "--yes")
	d.waitIcon(icons.Unlocked)
	d.store.takeOver(t, "mac-air") // any other line would come before this event
	d.waitHistory("acquired")
	if got, want := d.history(), []string{"cleared", "removed", "restored", "removed", "acquired"}; !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
}

// TestCommandsBeforeTheApp tests that commands are logged once if the app starts after them.
func TestCommandsBeforeTheApp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	conflictCopy(t, d)
	d.start().waitIcon(icons.Contested)
	d.waitState("mac-mini")
	d.kill()
	d.lockbar("unlock", "--copies", "--yes")
	d.start().waitIcon(icons.HeldElsewhere)
	d.waitState(`"held-elsewhere"`)
	d.kill()
	d.lockbar("unlock", "--yes")
	d.start().waitIcon(icons.Unlocked)
	d.store.takeOver(t, "mac-air")
	d.waitHistory("acquired")
	if got, want := d.history(), []string{"cleared", "removed", "acquired"}; !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
}

// TestKilledBeforeItSavedItsState tests a kill of the app after it has written the history and before it has written the state file. The
// next process does not log the event a second time.
func TestKilledBeforeItSavedItsState(t *testing.T) {
	t.Parallel()
	d := heldDesk(t, "mac-mini")
	d.waitState("mac-mini")
	path := filepath.Join(d.home.State(), "state.json")
	before := testdesk.Must(os.ReadFile(path))(t)
	d.store.takeOver(t, "mac-air")
	d.waitState("mac-air")
	d.kill()
	write(t, path, string(before))
	d.start().waitIcon(icons.HeldElsewhere)
	d.waitState("mac-air")
	d.store.write(t, []byte("not a lock"))
	d.waitHistory("corrupted")
	if got, want := d.history(), []string{"taken-over", "corrupted"}; !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
}
