//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// kill kills the app and waits until its item is gone.
func (d *desk) kill() {
	d.t.Helper()
	d.app.Kill()
	d.waitEnd()
}

// waitEnd waits until the app has ended and its item is gone, and returns the exit code.
func (d *desk) waitEnd() int {
	d.t.Helper()
	code := testdesk.Must(d.app.Wait(d.ctx()))(d.t)
	if d.item != nil {
		if err := d.item.WaitGone(d.ctx()); err != nil {
			d.t.Fatal(err)
		}
	}
	return code
}

// titles returns the titles of all notifications so far.
func (d *desk) titles() (all []string) {
	for _, n := range d.notes.All() {
		all = append(all, n.Summary)
	}
	return all
}

// TestKilledAppNotifiesOnce tests that after a kill the next process does not repeat a message that was shown.
func TestKilledAppNotifiesOnce(t *testing.T) {
	t.Parallel()
	d := heldDesk(t, "mac-air")
	d.store.takeOver(t, "mac-mini")
	d.waitNote("Store taken over by mac-mini")
	d.waitState(`"shown"`)
	d.kill()
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.write(t, []byte("not a lock"))
	d.waitNote("The lock is corrupt")
	if got := d.titles(); len(got) != 2 {
		t.Errorf("notifications are %q, want each once", got)
	}
}

// waitState waits until the state file contains this text.
func (d *desk) waitState(text string) {
	d.t.Helper()
	waitFile(d, filepath.Join(d.home.State(), "state.json"), func(data string) bool { return strings.Contains(data, text) })
}

// waitFile waits until ok accepts the content of a file.
func waitFile(d *desk, path string, ok func(string) bool) {
	d.t.Helper()
	d.until(func() error {
		data, err := os.ReadFile(path)
		if err == nil && !ok(string(data)) {
			err = fmt.Errorf("%s is %q", path, data)
		}
		return err
	})
}

// TestKilledBeforeItWasShown tests that the next process sends a message again if the app was killed before the hanging service showed
// it. A message twice is better than none.
func TestKilledBeforeItWasShown(t *testing.T) {
	t.Parallel()
	d := newHungDesk(t)
	testdesk.Must(d.notes.WaitCount(d.ctx(), 1))(t)
	d.kill()
	d.notes.Release()
	d.start()
	if all := testdesk.Must(d.notes.WaitCount(d.ctx(), 2))(t); all[1].Summary != all[0].Summary {
		t.Errorf("notifications are %q, want the same twice", d.titles())
	}
}

func TestWhileYouWereAway(t *testing.T) {
	t.Parallel()
	d := heldDesk(t, "mac-air")
	d.waitState("mac-air")
	d.kill()
	d.store.takeOver(t, "mac-mini")
	d.start()
	n := d.waitNote("While you were away")
	if !strings.Contains(n.Body, "mac-mini took over from mac-air at ") || !strings.Contains(n.Body, "iai-mcp daemon stop") {
		t.Errorf("the body is %q", n.Body)
	}
	d.waitLine("Recent Activity")
	if got := d.titles(); len(got) != 1 {
		t.Errorf("notifications are %q, want one", got)
	}
	out := d.lockbar("history")
	if got := strings.Count(out, "mac-mini took over from mac-air"); got != 1 {
		t.Errorf("the takeover is %d times in\n%s", got, out)
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	d := heldDesk(t, "mac-air")
	d.choose("Pause for 1 Hour")
	d.waitLine("Notifications are paused until ")
	d.store.takeOver(t, "mac-mini")
	d.waitLine("Held by mac-mini")
	d.waitState(`"missed"`)
	d.kill()
	d.start() // the pause outlives a restart
	d.waitLine("Notifications are paused until ")
	if got := d.titles(); len(got) != 0 {
		t.Errorf("notifications during the pause: %q", got)
	}
	d.choose("Resume")
	d.waitNote("While you were away")
	if got := d.titles(); len(got) != 1 {
		t.Errorf("notifications are %q, want one", got)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	path := filepath.Join(d.home.Dir, "settings.json")
	d.env = []string{"LOCKBAR_CONFIG=" + path}
	write(t, path, `{"notify":{"takeover":false},"mine":1}`)
	d.store.takeOver(t, "mac-air")
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini") // messages about takeovers are switched off
	d.store.write(t, []byte("not a lock"))
	d.waitNote("The lock is corrupt")
	if got := d.titles(); len(got) != 1 {
		t.Errorf("notifications are %q, want one", got)
	}
	d.choose("Locks Left Behind")
	waitFile(d, path, func(data string) bool {
		return strings.Contains(data, `"stale": false`) && strings.Contains(data, `"mine": 1`)
	})
	const bad = `{"notify":[]}`
	write(t, path, bad)
	d.store.takeOver(t, "mac-pro")
	d.waitLine("Settings ignored, defaults used: line 1, ")
	d.choose("Takeovers")
	d.waitLine("Settings not saved: line 1")
	if data, err := os.ReadFile(path); string(data) != bad {
		t.Errorf("the file is %q, %v", data, err)
	}
}

func TestMenuShowsTheDaemonState(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	write(t, filepath.Join(d.store.dir, "lifecycle_state.json"),
		`{"current_state":"WAKE","since_ts":1700000000,"last_activity_ts":"2026-01-01T00:00:00+00:00"}`)
	d.start()
	d.waitLine("Last activity seen: ")
	d.waitState(fmt.Sprintf("%q", host))
}

// TestContestedSurvivesARestart tests that the next process of the app knows
// that the holder still runs here, although no file of the store names it.
func TestContestedSurvivesARestart(t *testing.T) {
	t.Parallel()
	d := freeDesk(t)
	holder := d.hold()
	d.store.takeOver(t, "mac-mini")
	d.waitIcon(icons.Contested)
	d.waitState(fmt.Sprint(holder.PID()))
	for range 2 {
		d.kill()
		d.start().waitIcon(icons.Contested)
	}
	for _, c := range []struct {
		args []string
		code int
	}{ // the commands know of the holder too
		{[]string{"status", "--exit-code"}, 13},
		{[]string{"unlock", "--yes"}, 3},
		{[]string{"run", "--", "true"}, 3},
	} {
		if p, code := d.do(c.args...); code != c.code {
			t.Errorf("%v: exit code %d, want %d: %s%s", c.args, code, c.code, p.Stdout(), p.Stderr())
		}
	}
	testfs.Check(t, holder.Signal(syscall.SIGTERM))
	d.waitIcon(icons.HeldElsewhere)
	d.waitHistory("cleared")
	if events := d.history(); count(events, "cleared") != 1 {
		t.Errorf("the history has %q, want one \"cleared\"", events)
	}
}
