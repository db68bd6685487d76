package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func TestHistoryOfNothing(t *testing.T) {
	w := newWorld(t)
	if out := w.run("history").want(t, 0).out; !strings.Contains(out, "lockbar") || strings.Count(out, "\n") != 1 {
		t.Errorf("%q", out)
	}
	if out := w.run("history", "--json").want(t, 0).out; out != "" {
		t.Errorf("%q", out)
	}
	w.mustBeGone(w.state)
	w.run("history", "-n", "-1").want(t, exitUsage)
}

// TestHistoryOfCommands: unlock and restore write it themselves; a refused one does not.
func TestHistoryOfCommands(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.run("unlock").want(t, exitDeclined)
	w.run("unlock", "--yes").want(t, 0)
	w.run("unlock", "--yes").want(t, 0)
	w.run("restore").want(t, 0)
	w.run("restore").want(t, exitRefused)
	lines := strings.Split(strings.TrimSpace(w.run("history", "--json").want(t, 0).out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2: %q", len(lines), lines)
	}
	removed, restored := decode[report.Entry](t, lines[0]), decode[report.Entry](t, lines[1])
	if removed.Event != watch.WasRemoved || removed.From.State != lockcore.HeldElsewhere || removed.To.State != lockcore.Unlocked {
		t.Errorf("%+v", removed)
	}
	if restored.Event != watch.WasRestored || restored.To.Token != removed.From.Token || restored.From.State != lockcore.Unlocked {
		t.Errorf("%+v", restored)
	}
	for _, c := range []report.Entry{removed, restored} {
		if found, err := filepath.Glob(filepath.Join(w.state, "backups", "*", c.Backup)); len(found) != 1 {
			t.Errorf("%s: backup %q: %v, %v", c.Event, c.Backup, found, err)
		}
	}
	out := w.run("history").want(t, 0).out
	for i, want := range []string{"The lock of mac-mini was removed", "The lock of mac-mini was put back"} {
		clock, text, _ := strings.Cut(strings.Split(out, "\n")[i], "  ")
		clock = clock[max(0, len(clock)-len("15:04")):] // at midnight there is a date before it
		if _, err := time.Parse("15:04", clock); err != nil || text != want {
			t.Errorf("line %d of %q: %v, want %q", i, out, err, want)
		}
	}
	if out := w.run("history", "-n", "1").want(t, 0).out; strings.Count(out, "\n") != 1 || !strings.Contains(out, "put back") {
		t.Errorf("-n 1: %q", out)
	}
	if out := w.run("history", "-n", "0").want(t, 0).out; out != "" {
		t.Errorf("-n 0: %q", out)
	}
}

// TestHistoryOfSeveralStores: stored lines come out as they are, what is no event is passed over.
func TestHistoryOfSeveralStores(t *testing.T) {
	w := newWorld(t)
	j := state.OpenJournal(w.state)
	at := time.Now().Add(-400 * 24 * time.Hour)
	for i, store := range []string{w.dir, "/other\x1b"} {
		look := report.NewStatus(lockcore.Snapshot{Store: store, State: lockcore.Unlocked}, at.Add(time.Duration(i)*time.Hour))
		if err := j.Record(report.NewEntry(watch.Initial, nil, look)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(w.state, "history.jsonl")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, "{\"v\":2}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	out := w.run("history").want(t, 0).out
	for _, part := range []string{at.Format("2 Jan 2006 15:04"), "  " + w.dir + ": Lockbar started: nobody held the store\n", `"/other\x1b": `} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in %q", part, out)
		}
	}
	if out := w.run("history", "-n", "1").want(t, 0).out; !strings.Contains(out, `"/other\x1b": `) {
		t.Errorf("one of several: %q", out)
	}
	stored := strings.SplitAfter(string(data), "\n")
	if got := w.run("history", "--json").want(t, 0).out; got != stored[0]+stored[1] {
		t.Errorf("%s, want %s", got, stored[:2])
	}
	if got := w.run("history", "--json", "--store", w.dir).want(t, 0).out; got != stored[0] {
		t.Errorf("of one store: %s, want %s", got, stored[0])
	}
}

// TestUnwrittenHistoryIsNoFailure: the lock is gone, and the exit code says so.
func TestUnwrittenHistoryIsNoFailure(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	if err := os.MkdirAll(filepath.Join(w.state, "history.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := w.run("unlock", "--yes").want(t, 0)
	w.mustBeGone(w.lock())
	if !strings.Contains(r.err, "not in the history") {
		t.Errorf("stderr %q", r.err)
	}
}
