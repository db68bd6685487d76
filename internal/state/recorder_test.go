package state_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

var start = time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)

// after is an event some time after the start.
func after(d time.Duration, event watch.Event, from, to lockcore.Token) report.Change {
	look := func(t lockcore.Token, at time.Time) report.Look {
		return report.Look{Snapshot: lockcore.Snapshot{Store: "/s", Token: t, State: lockcore.HeldElsewhere}, At: at}
	}
	return report.NewChange(event, look(from, start), look(to, start.Add(d)))
}

func events(t *testing.T, dir string) string {
	t.Helper()
	var list []string
	for _, line := range last(t, dir, 0) {
		c, err := report.ParseChange([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s@%v", c.Event, c.Time().Sub(start)))
	}
	return strings.Join(list, " ")
}

// watched and done are how a watcher and the program that makes a change record it.
func watched(t *testing.T, r *state.Recorder, c report.Change) {
	t.Helper()
	if err := r.Record(c, c.Time().Add(-state.Overlap)); err != nil {
		t.Fatal(err)
	}
}

func done(t *testing.T, dir string, began time.Duration, c report.Change) {
	t.Helper()
	if err := state.NewRecorder(state.OpenJournal(dir)).Record(c, start.Add(began)); err != nil {
		t.Fatal(err)
	}
}

func removed(d time.Duration) report.Change  { return after(d, watch.WasRemoved, "a", "") }
func restored(d time.Duration) report.Change { return after(d, watch.WasRestored, "", "a") }

const ms = time.Millisecond

func TestOneFactIsWrittenOnce(t *testing.T) {
	dir := t.TempDir()
	tray := state.NewRecorder(state.OpenJournal(dir))
	done(t, dir, 0, removed(2*ms)) // the command is first
	watched(t, tray, removed(100*ms))
	watched(t, tray, restored(990*ms)) // the tray is first
	done(t, dir, 985*ms, restored(1000*ms))
	if got, want := events(t, dir), "removed@2ms restored@990ms"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestEqualFactsThatFollowEachOther: unlock, restore and unlock again within Overlap are three events, whoever does it.
func TestEqualFactsThatFollowEachOther(t *testing.T) {
	const want = "removed@0s restored@1s removed@2s"
	for name, play := range map[string]func(dir string, tray *state.Recorder){
		"commands, seen late": func(dir string, tray *state.Recorder) {
			done(t, dir, 0, removed(0))
			done(t, dir, 999*ms, restored(1000*ms))
			done(t, dir, 1999*ms, removed(2000*ms))
			watched(t, tray, removed(2100*ms))
			watched(t, tray, restored(2200*ms))
			watched(t, tray, removed(2300*ms))
		},
		"clicks in the tray": func(dir string, tray *state.Recorder) {
			watched(t, tray, removed(0))
			watched(t, tray, restored(1000*ms))
			watched(t, tray, removed(2000*ms))
		},
		"a command, then clicks": func(dir string, tray *state.Recorder) {
			done(t, dir, 0, removed(0))
			watched(t, tray, removed(100*ms))
			watched(t, tray, restored(1000*ms))
			watched(t, tray, removed(2000*ms))
		},
	} {
		dir := t.TempDir()
		play(dir, state.NewRecorder(state.OpenJournal(dir)))
		if got := events(t, dir); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestOldAndOtherFactsDoNotCount(t *testing.T) {
	dir := t.TempDir()
	tray := state.NewRecorder(state.OpenJournal(dir))
	done(t, dir, 0, removed(0))
	watched(t, tray, after(time.Second, watch.WasRemoved, "b", ""))
	watched(t, tray, after(time.Second, watch.Released, "a", ""))
	watched(t, tray, removed(state.Overlap+time.Second))
	if got, want := events(t, dir), "removed@0s removed@1s released@1s removed@11s"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestRecorderReadsOnlyTheEnd of a long history, which may begin in the middle of a line.
func TestRecorderReadsOnlyTheEnd(t *testing.T) {
	dir := t.TempDir()
	j := state.OpenJournal(dir)
	for i := range 10 {
		if err := j.Append(map[string]string{"fill": strings.Repeat("é", 8000+i)}); err != nil {
			t.Fatal(err)
		}
	}
	done(t, dir, 0, removed(0))
	done(t, dir, 0, removed(0))
	if got := len(last(t, dir, 0)); got != 11 {
		t.Errorf("%d lines, want 11", got)
	}
}

func TestLinesAreSafeOnATerminalAndPlain(t *testing.T) {
	dir := t.TempDir()
	if err := state.OpenJournal(dir).Append(map[string]string{"a": "<\u202e>"}); err != nil {
		t.Fatal(err)
	}
	if got, want := last(t, dir, 0)[0], `{"a":"<\u202e>"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
