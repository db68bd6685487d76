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
)

const (
	miniID   = "00112233445566aa"
	miniFile = "mac-mini-00112233.json"
)

// says writes the file of mac-mini's Lockbar as the sync program brings it; written out here, since these tests should not trust the
// program's own writer. daemon is the lock that its daemon took, or nil.
func (s store) says(t *testing.T, daemon []byte, gone string) {
	t.Helper()
	word := map[string]any{"schema": 1, "machine": miniID, "host": "mac-mini", "lockbar": "9.9", "at": time.Now().UTC(), "watching": true,
		"daemon": nil, "gone": []string{}, "ask": nil, "later": "versions may say more"}
	if daemon != nil {
		var lock struct {
			PID       int    `json:"pid"`
			StartedAt string `json:"started_at"`
		}
		if err := json.Unmarshal(daemon, &lock); err != nil {
			t.Fatal(err)
		}
		word["daemon"] = lock
	}
	if gone != "" {
		word["gone"] = []string{gone}
	}
	data, err := json.Marshal(word)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(s.dir, ".lockbar")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(dir, ".syncthing."+miniFile+".tmp")
	write(t, temp, string(data))
	if err := os.Rename(temp, filepath.Join(dir, miniFile)); err != nil {
		t.Fatal(err)
	}
}

// word is what the app says of this machine.
type word struct {
	Schema   int    `json:"schema"`
	Machine  string `json:"machine"`
	Host     string `json:"host"`
	Watching bool   `json:"watching"`
	Daemon   *struct {
		PID int `json:"pid"`
	} `json:"daemon"`
	Gone []string `json:"gone"`
}

// waitWord waits until the app has written what fits.
func (d *desk) waitWord(fits func(word) bool) (w word) {
	d.t.Helper()
	ctx := testdesk.Deadline(d.t)
	var last string
	for again := time.NewTicker(5 * time.Millisecond); ; {
		for _, path := range d.ownWords() {
			data, err := os.ReadFile(path)
			if last = string(data); err == nil && json.Unmarshal(data, &w) == nil && fits(w) {
				return w
			}
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			d.t.Fatalf("the app says %q", last)
		}
	}
}

// ownWords lists the files in .lockbar that the test has not written.
func (d *desk) ownWords() (paths []string) {
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
	status := d.command("status", "--json").Start(d.t)
	testdesk.Must(status.Wait(d.ctx()))(d.t)
	var look struct{ Token string }
	if err := json.Unmarshal([]byte(status.Stdout()), &look); err != nil {
		d.t.Fatal(err)
	}
	return look.Token
}

// TestItsMachineSaysThatItIsGone: the lock of a machine that crashed is stale as soon as that machine says so, and the message names it.
func TestItsMachineSaysThatItIsGone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	lock := d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	d.waitWord(func(w word) bool { return w.Schema == 1 && w.Host == host && w.Watching && w.Daemon == nil })
	d.store.says(t, lock, "")
	d.waitLine("Another computer, which says that its daemon runs")
	d.waitLine("Remove the Lock of mac-mini (PID 4242)") // it has to be confirmed now
	d.store.says(t, nil, d.token())
	d.waitIcon(icons.Stale)
	d.waitLine("Its computer says it has ended; the lock can be removed")
	if body := d.waitNote("mac-mini left a lock behind").Body; !strings.Contains(body, "mac-mini says that PID 4242") {
		t.Errorf("the message says %q", body)
	}
	d.choose("Force Unlock")
	d.waitIcon(icons.Unlocked)
}

// TestBothMachinesRing: the machine that took the store over is told that another daemon still runs, and when that has ended.
func TestBothMachinesRing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	theirs := d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.says(t, theirs, "")
	d.waitLine("Another computer, which says that its daemon runs")
	pid := d.holdAsDaemon()
	d.waitWord(func(w word) bool { return w.Daemon != nil && w.Daemon.PID == pid })
	d.store.says(t, theirs, "") // as a Lockbar does that knows of two
	d.waitIcon(icons.Contested)
	note := d.waitNote("Two daemons write to one store")
	if !strings.Contains(note.Body, "mac-mini") || !strings.Contains(note.Body, fmt.Sprint("PID ", pid)) {
		t.Errorf("the message says %q", note.Body)
	}
	d.store.says(t, nil, "")
	d.waitIcon(icons.HeldHere)
	d.waitNote("All clear")
}

// TestTellOtherComputers: the file says when the app ends, comes back with it, and goes when the user says so.
func TestTellOtherComputers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	first := d.waitWord(func(w word) bool { return w.Watching })
	d.choose("Quit Lockbar")
	testdesk.Must(d.app.Wait(d.ctx()))(t)
	d.waitWord(func(w word) bool { return !w.Watching })
	d.start().waitIcon(icons.HeldElsewhere)
	if again := d.waitWord(func(w word) bool { return w.Watching }); again.Machine != first.Machine || len(d.ownWords()) != 1 {
		t.Errorf("%v says so now, in %q", again.Machine, d.ownWords())
	}
	d.choose("Tell Other Computers")
	ctx, again := d.ctx(), time.NewTicker(5*time.Millisecond)
	for {
		if _, err := os.Lstat(filepath.Join(d.store.dir, ".lockbar")); errors.Is(err, fs.ErrNotExist) {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("it still has %q", d.ownWords())
		}
	}
}

// TestAloneSaysNothing: nothing is written in a store that no other machine has touched.
func TestAloneSaysNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.make(t)
	d.start().waitIcon(icons.Unlocked)
	d.holdAsDaemon()
	d.choose("Quit Lockbar")
	testdesk.Must(d.app.Wait(d.ctx()))(t)
	if got := d.ownWords(); len(got) != 0 {
		t.Errorf("it wrote %q", got)
	}
}
