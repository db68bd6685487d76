package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

func TestUnlockAndRestore(t *testing.T) {
	w := newWorld(t)
	w.writeLock(record(ourHost, deadPID(t)))
	before, err := os.ReadFile(w.lock())
	if err != nil {
		t.Fatal(err)
	}
	removed := decode[removedObject](t, w.run("unlock", "--yes", "--json").want(t, 0).out)
	if !removed.Removed || removed.Record.Hostname != ourHost || !strings.HasPrefix(string(removed.Token), "sha256:") {
		t.Errorf("%+v", removed)
	}
	w.mustBeGone(w.lock())
	if kept, err := os.ReadFile(removed.Backup); err != nil || !bytes.Equal(kept, before) {
		t.Errorf("backup %q: %v", kept, err)
	}

	restored := decode[restoredObject](t, w.run("restore", "--json").want(t, 0).out)
	if !restored.Restored || *restored.Record != *removed.Record || restored.Backup == "" {
		t.Errorf("%+v", restored)
	}
	if after, err := os.ReadFile(w.lock()); err != nil || !bytes.Equal(after, before) {
		t.Errorf("restored %q: %v", after, err)
	}
	again := decode[restoredObject](t, w.run("restore", "--json").want(t, exitRefused).out)
	if again.Restored || again.Record == nil || again.Backup != "" {
		t.Errorf("%+v", again)
	}
}

func TestUnlockSaysWhatItRemoved(t *testing.T) {
	w := newWorld(t)
	r := foreign()
	w.writeLock(r)
	out := w.run("unlock", "--yes").want(t, 0).out
	for _, part := range []string{"4242", "mac-mini", r.StartedAt, w.state, "lockbar restore"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not in %q", part, out)
		}
	}
}

func TestUnlockOfNothing(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{{"unlock"}, {"unlock", "--yes"}, {"unlock", "--token", "sha256:00"}} {
		w.run(args...).want(t, 0)
	}
	if got, want := w.run("unlock", "--json").want(t, 0).out, `{"removed":false,"record":null,"token":"","backup":""}`+"\n"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	w.run("restore").want(t, exitRefused)
}

// TestUnlockOfAVanishedLock: the store is contested and has no lock at all.
func TestUnlockOfAVanishedLock(t *testing.T) {
	w := newWorld(t)
	w.writeDaemonState(daemon(t, w.dir))
	w.run("status", "--exit-code").want(t, 13)
	if out := w.run("unlock").want(t, 0).out; out != "There is no lock to remove.\n" {
		t.Errorf("%q", out)
	}
}

func TestUnlockOfACorruptLock(t *testing.T) {
	w := newWorld(t)
	w.write(".locked", []byte("garbage"))
	token := decode[report.Status](t, w.run("status", "--json").out).Token
	removed := decode[removedObject](t, w.run("unlock", "--yes", "--json", "--token", string(token)).want(t, 0).out)
	if !removed.Removed || removed.Record != nil || removed.Token != token {
		t.Errorf("%+v", removed)
	}
	w.mustBeGone(w.lock())
}

// killCommand is what the advice has on Windows in place of StopCommand.
var killCommand = regexp.MustCompile(`taskkill /F /T /PID \d+`)

// TestUnlockRefusals: nothing is removed, the exit code says why, JSON says what is there now.
func TestUnlockRefusals(t *testing.T) {
	for _, test := range []struct {
		name string
		put  func(*world)
		args []string
		code int
		says string
	}{
		{"nobody to ask", func(w *world) { w.writeLock(foreign()) }, nil, exitDeclined, "--yes"},
		{"force does not answer the question", func(w *world) { w.writeLock(foreign()) }, []string{"--force"}, exitDeclined, "--yes"},
		{"another token", func(w *world) { w.writeLock(foreign()) }, []string{"--yes", "--token", "sha256:00"}, exitRefused, "mac-mini"},
		{"a live daemon", func(w *world) { w.writeLock(record(ourHost, daemon(w.t, w.dir))) }, []string{"--yes"}, exitRefused, "Stop it (iai-mcp daemon stop). To remove it all the same, add --force"},
		{"a live program", func(w *world) { w.writeLock(record(ourHost, holder(w.t).Process.Pid)) }, []string{"--yes"}, exitRefused, "Let it end. To remove it all the same, add --force"},
		{"two daemons", func(w *world) { w.writeLock(foreign()); w.writeDaemonState(daemon(w.t, w.dir)) }, []string{"--yes"}, exitRefused, "here with: iai-mcp daemon stop. To remove"},
		{"contested", func(w *world) {
			w.writeLock(foreign())
			w.write(".locked 2", record("mac-b", 7).Encode())
		}, []string{"--yes"}, exitRefused, "lockbar unlock --copies"},
		{"not read", func(w *world) { w.write(".locked", make([]byte, lockcore.MaxSize+1)) }, []string{"--yes", "--force"}, exitRefused, "by hand"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.put(w)
			before, _ := os.ReadFile(w.lock())
			r := w.run(append([]string{"unlock", "--json"}, test.args...)...).want(t, test.code)
			if says := killCommand.ReplaceAllString(r.err, words.StopCommand); !strings.Contains(says, test.says) || strings.Count(r.err, "\n") != 1 {
				t.Errorf("stderr %q does not say %q in one line", r.err, test.says)
			}
			now := decode[report.Status](t, w.run("status", "--json").out)
			o := decode[removedObject](t, r.out)
			if o.Removed || o.Token != now.Token || o.Backup != "" || (o.Record == nil) != (now.Record == nil) {
				t.Errorf("%+v", o)
			}
			if after, _ := os.ReadFile(w.lock()); !bytes.Equal(before, after) {
				t.Error("the lock changed")
			}
		})
	}
}

func TestForceRemovesALiveHoldersLock(t *testing.T) {
	w := newWorld(t)
	w.writeLock(record(ourHost, daemon(t, w.dir)))
	w.run("unlock", "--yes", "--force").want(t, 0)
	w.mustBeGone(w.lock())
}

// TestUnlockFails: without a place for the backup nothing is removed.
func TestUnlockFails(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	if err := os.WriteFile(w.state, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := decode[removedObject](t, w.run("unlock", "--yes", "--json").want(t, exitFailed).out)
	if o.Removed || o.Record == nil {
		t.Errorf("%+v", o)
	}
	if _, err := os.Stat(w.lock()); err != nil {
		t.Error(err)
	}
}

func TestCopies(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	if got, want := w.run("unlock", "--copies", "--json").want(t, 0).out, `{"removed":false,"record":null,"token":"","backup":""}`+"\n"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	w.write(".locked 2", record("mac-b", 7).Encode())
	w.run("unlock", "--copies").want(t, exitDeclined)
	o := decode[removedObject](t, w.run("unlock", "--copies", "--yes", "--json").want(t, 0).out)
	if !o.Removed || o.Record.Hostname != "mac-b" || o.Backup == "" {
		t.Errorf("%+v", o)
	}
	w.mustBeGone(w.lock() + " 2")
	if s := decode[report.Status](t, w.run("status", "--json").out); s.State != lockcore.HeldElsewhere {
		t.Errorf("the lock is %v now", s.State)
	}
}

// TestSomeCopies: what was done is said, and not that nothing changed.
func TestSomeCopies(t *testing.T) {
	for done, want := range map[int]struct {
		code int
		says string
	}{
		0: {exitFailed, "nothing was removed"},
		1: {exitError, "1 copy was set aside, the others stay: "},
		2: {exitError, "2 copies were set aside, the others stay: "},
	} {
		var said bytes.Buffer
		err := copiesFailure(done, errors.New("set aside .locked 9: no space"), words.Commands{}, time.Now())
		if code := explain(&said, Root(), err); code != want.code || !strings.Contains(said.String(), want.says) || !strings.Contains(said.String(), ".locked 9") {
			t.Errorf("%d moved: %d, %q", done, code, said.String())
		}
	}
}

// TestLockLeftAside: exit code 4 would say that nothing changed.
func TestLockLeftAside(t *testing.T) {
	err := unlockFailure(&lockcore.Error{Err: fmt.Errorf("%w: %v", lockcore.ErrAside, os.ErrPermission), Path: "/store/.locked.unlock-1.tmp"}, words.Commands{}, time.Now())
	var said bytes.Buffer
	if code := explain(&said, Root(), err); code != exitError || !strings.Contains(said.String(), "/store/.locked.unlock-1.tmp") {
		t.Errorf("%d, %q", code, said.String())
	}
	if strings.Contains(said.String(), "nothing was removed") {
		t.Errorf("%q", said.String())
	}
}

func TestAccepted(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, "Yes\r\n": true, " Y ": true, "": false, "\n": false, "n\n": false,
		"yess\n": false, "yes please\n": false} {
		if accepted(answer) != want {
			t.Errorf("accepted(%q) = %v", answer, !want)
		}
	}
}
