//go:build linux

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

const (
	miniID   = "00112233445566aa"
	miniFile = "mac-mini-00112233.json"
)

// announce writes the file of mac-mini's Lockbar as a sync program does. It does not use the program's own writer, which these tests
// should not trust. daemon is the lock that mac-mini's daemon took, or nil; gone is the token of a lock whose daemon has ended, or empty.
func (s store) announce(t *testing.T, daemon []byte, gone string) {
	t.Helper()
	file := map[string]any{"schema": 1, "machine": miniID, "host": "mac-mini", "lockbar": "9.9", "at": time.Now().UTC(), "watching": true,
		"daemon": nil, "gone": []string{}, "ask": nil, "later": "versions may say more"}
	if daemon != nil {
		var lock struct {
			PID       int    `json:"pid"`
			StartedAt string `json:"started_at"`
		}
		testfs.Check(t, json.Unmarshal(daemon, &lock))
		file["daemon"] = lock
	}
	if gone != "" {
		file["gone"] = []string{gone}
	}
	data := testdesk.Must(json.Marshal(file))(t)
	testfs.Check(t, put(filepath.Join(s.dir, ".lockbar", miniFile), data))
}

// announcement is the file that the app writes for other machines.
type announcement struct {
	Schema   int    `json:"schema"`
	Machine  string `json:"machine"`
	Host     string `json:"host"`
	Watching bool   `json:"watching"`
	Daemon   *struct {
		PID int `json:"pid"`
	} `json:"daemon"`
	Gone []string `json:"gone"`
}

// waitAnnouncement waits until ok accepts one of the announcements, and returns it.
func (d *desk) waitAnnouncement(ok func(announcement) bool) (a announcement) {
	d.t.Helper()
	d.until(func() error {
		var last []byte
		for _, path := range d.announcements() {
			last, _ = os.ReadFile(path)
			if json.Unmarshal(last, &a) == nil && ok(a) {
				return nil
			}
		}
		return fmt.Errorf("the app's file is %q", last)
	})
	return a
}

// announcements returns the paths of the files in .lockbar that the test has not written.
func (d *desk) announcements() (paths []string) {
	all, err := filepath.Glob(filepath.Join(d.store.dir, ".lockbar", "*.json"))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, path := range all {
		if filepath.Base(path) != miniFile {
			paths = append(paths, path)
		}
	}
	return paths
}

func (d *desk) token() string {
	d.t.Helper()
	var snapshot struct{ Token string }
	if err := json.Unmarshal([]byte(d.lockbar("status", "--json")), &snapshot); err != nil {
		d.t.Fatal(err)
	}
	return snapshot.Token
}

// TestMachineAnnouncesItsCrash tests that the lock of a daemon that crashed on another machine is stale once that machine announces the
// crash, and that the message names the machine.
func TestMachineAnnouncesItsCrash(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	lock := d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	d.waitAnnouncement(func(a announcement) bool { return a.Schema == 1 && a.Host == host && a.Watching && a.Daemon == nil })
	d.store.announce(t, lock, "")
	d.waitLine("Another computer, which says that its daemon runs")
	d.waitLine("Remove the Lock of mac-mini (PID 4242)") // the removal of a lock in use must be confirmed
	d.store.announce(t, nil, d.token())
	d.waitIcon(icons.Stale)
	d.waitLine("Its computer says it has ended; the lock can be removed")
	if body := d.waitNote("mac-mini left a lock behind").Body; !strings.Contains(body, "mac-mini says that PID 4242") {
		t.Errorf("the body is %q", body)
	}
	d.choose("Force Unlock")
	d.waitIcon(icons.Unlocked)
}

// TestAlarmWhereTheStoreWasTaken tests that the machine that took the store over shows an alarm while the other machine's daemon still
// runs, and the all-clear once that daemon has ended.
func TestAlarmWhereTheStoreWasTaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	theirs := d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.announce(t, theirs, "")
	d.waitLine("Another computer, which says that its daemon runs")
	pid := d.holdAsDaemon().pid()
	d.waitAnnouncement(func(a announcement) bool { return a.Daemon != nil && a.Daemon.PID == pid })
	d.store.announce(t, theirs, "") // a Lockbar that sees two daemons repeats its report
	d.waitIcon(icons.Contested)
	note := d.waitNote("Two daemons write to one store")
	if !strings.Contains(note.Body, "mac-mini") || !strings.Contains(note.Body, fmt.Sprint("PID ", pid)) {
		t.Errorf("the body is %q", note.Body)
	}
	d.store.announce(t, nil, "")
	d.waitIcon(icons.HeldHere)
	d.waitNote("All clear")
}

// TestTellOtherComputers tests that the app's file shows the end and the next start of the app, and that the menu item removes the file.
func TestTellOtherComputers(t *testing.T) {
	t.Parallel()
	d := heldDesk(t, "mac-mini")
	first := d.waitAnnouncement(func(a announcement) bool { return a.Watching })
	d.choose("Quit Lockbar")
	d.waitEnd()
	d.waitAnnouncement(func(a announcement) bool { return !a.Watching })
	d.start().waitIcon(icons.HeldElsewhere)
	if second := d.waitAnnouncement(func(a announcement) bool { return a.Watching }); second.Machine != first.Machine || len(d.announcements()) != 1 {
		t.Errorf("the second process announces %v, in %q", second.Machine, d.announcements())
	}
	d.waitChecked("Tell Other Computers", true)
	d.choose("Tell Other Computers")
	d.waitChecked("Tell Other Computers", false)
	d.until(func() error {
		if _, err := os.Lstat(filepath.Join(d.store.dir, ".lockbar")); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the store still has %q (%v)", d.announcements(), err)
		}
		return nil
	})
}

// TestLocalStoreHasNoAnnouncement tests that the app writes no announcement into a store that no other machine has used.
func TestLocalStoreHasNoAnnouncement(t *testing.T) {
	t.Parallel()
	d := freeDesk(t)
	d.holdAsDaemon()
	d.choose("Quit Lockbar")
	d.waitEnd()
	if got := d.announcements(); len(got) != 0 {
		t.Errorf("the app wrote %q", got)
	}
}
