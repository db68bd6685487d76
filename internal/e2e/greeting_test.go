//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testfs"
)

const greeting = "Lockbar watches your memory store"

// freshDesk returns a desk on which lockbar has never run.
func freshDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	testfs.Check(t, os.RemoveAll(d.home.State()))
	return d
}

// TestFirstStartGreets tests that the first start shows one greeting, with the store and its state, beside the message about the state,
// and that the button of the greeting makes Lockbar start at login.
func TestFirstStartGreets(t *testing.T) {
	t.Parallel()
	d := freshDesk(t)
	d.program = d.home.Install(t)
	d.store.write(t, []byte("not a lock"))
	d.start().waitIcon(icons.Corrupt)
	n := d.waitNote(greeting)
	if !strings.Contains(n.Body, "~/.iai-mcp: The lock is corrupt now") || !slices.Equal(n.Buttons(), []string{"Start at Login"}) {
		t.Errorf("the greeting is %v with the buttons %q", n, n.Buttons())
	}
	d.waitNote("The lock is corrupt")
	d.press(n, "Start at Login")
	d.waitBody("Lockbar will start at login.")
	entries, err := filepath.Glob(filepath.Join(d.home.Dir, ".config", "autostart", "*.desktop"))
	if err != nil || len(entries) != 1 {
		t.Fatalf("the entries of Start at Login are %q (%v), want one", entries, err)
	}
	if entry, err := os.ReadFile(entries[0]); err != nil || !strings.Contains(string(entry), "\nExec="+d.program+" tray\n") {
		t.Errorf("the entry of Start at Login does not start %s: %q, %v", d.program, entry, err)
	}
	d.kill()
	d.start().waitIcon(icons.Corrupt)
	d.choose("Send a Test Notification") // a second greeting would come before this
	d.waitNote("Did you see it?")
	if all := d.titles(); count(all, greeting) != 1 {
		t.Errorf("notifications are %q, want one greeting", all)
	}
}

// TestGreetingOfAKilledApp tests that the greeting is shown once, even if the app is killed before it has saved that it was shown.
func TestGreetingOfAKilledApp(t *testing.T) {
	t.Parallel()
	d := freshDesk(t)
	d.store.make(t)
	for range testfs.Rounds(2, 4) {
		d.start().waitIcon(icons.Unlocked)
		if len(d.titles()) == 0 {
			d.waitNote(greeting)
		}
		d.kill()
	}
	d.start().waitIcon(icons.Unlocked)
	d.choose("Send a Test Notification")
	d.waitNote("Did you see it?")
	if all := d.titles(); count(all, greeting) != 1 {
		t.Errorf("notifications are %q, want one greeting", all)
	}
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}
