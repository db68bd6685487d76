package state_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

var start = time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)

const ms = time.Millisecond

// seen returns an event between two looks, as a watcher records it.
func seen(event watch.Event, from lockcore.Token, fromAt time.Duration, to lockcore.Token, at time.Duration) report.Entry {
	look := func(t lockcore.Token, at time.Duration) *report.Status {
		return report.NewStatus(lockcore.Snapshot{Store: "/s", Token: t, State: lockcore.HeldElsewhere}, start.Add(at))
	}
	return report.NewEntry(event, look(from, fromAt), look(to, at))
}

// made returns c as the event of our own change that made this backup.
func made(backup string, c report.Entry) report.Entry {
	c.Backup = backup
	return c
}

func removed(backup string, fromAt, at time.Duration) report.Entry {
	return made(backup, seen(watch.WasRemoved, "a", fromAt, "", at))
}

func restored(backup string, fromAt, at time.Duration) report.Entry {
	return made(backup, seen(watch.WasRestored, "", fromAt, "a", at))
}

func play(t *testing.T, entries ...report.Entry) string {
	t.Helper()
	dir := t.TempDir()
	for _, c := range entries {
		ok(t, state.OpenJournal(dir).Record(c))
	}
	var list []string
	for _, line := range last(t, dir, 0) {
		c, err := report.ParseEntry([]byte(line))
		ok(t, err)
		list = append(list, fmt.Sprintf("%s@%v", c.Event, c.Time().Sub(start)))
	}
	return strings.Join(list, " ")
}

func TestEachEventIsWrittenOnce(t *testing.T) {
	t.Parallel()
	otherStore := removed("1", 0, 1*ms)
	otherStore.To.Store = "/t"
	old := seen(watch.Released, "a", 0, "", 100*ms)
	for _, c := range []struct {
		name    string
		entries []report.Entry
		want    string
	}{
		{"the command first", []report.Entry{removed("1", 0, 2*ms), removed("1", -time.Hour, 100*ms)}, "removed@2ms"},
		{"the tray first", []report.Entry{removed("1", -time.Hour, 2*ms), removed("1", 0, 100*ms)}, "removed@2ms"},
		{"without a backup, and from another look", []report.Entry{removed("", -ms, 0), removed("1", 0, time.Second)}, "removed@0s removed@1s"},
		{"of another store", []report.Entry{removed("1", 0, 2*ms), otherStore}, "removed@2ms removed@1ms"},
		{"unlock, restore and unlock within a second", []report.Entry{removed("1", 0, 0), restored("2", 0, 300*ms), removed("3", 300*ms, 600*ms)},
			"removed@0s restored@300ms removed@600ms"},
		{"the same, and the tray sees it late", []report.Entry{removed("1", 0, 0), restored("2", 0, 300*ms), removed("3", 300*ms, 600*ms),
			removed("1", -ms, 700*ms), restored("2", 700*ms, 800*ms), removed("3", 800*ms, 900*ms)}, "removed@0s restored@300ms removed@600ms"},
		{"a takeover, as the command and the tray name it", []report.Entry{made("1", seen(watch.Acquired, "a", 0, "b", 0)), made("1", seen(watch.TakenOver, "a", -ms, "b", ms))},
			"acquired@0s"},
		{"killed before it saved the look", []report.Entry{old, seen(watch.Released, "a", 0, "", time.Hour)}, "released@100ms"},
		{"killed, and something else by then", []report.Entry{old, seen(watch.TakenOver, "a", 0, "b", time.Hour)}, "released@100ms taken-over@1h0m0s"},
		{"within a second", []report.Entry{seen(watch.Acquired, "", 0, "a", 1*ms), seen(watch.Released, "a", 1*ms, "", 2*ms), seen(watch.Acquired, "", 2*ms, "a", 3*ms)},
			"acquired@1ms released@2ms acquired@3ms"},
	} {
		if got := play(t, c.entries...); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestFarBack checks that an event is found in the old file of a long history, after a line that is longer than any of ours.
func TestFarBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := state.OpenJournal(dir)
	record := func(c report.Entry) {
		t.Helper()
		ok(t, j.Record(c))
	}
	record(removed("1", 0, 0))
	path := filepath.Join(dir, "history.jsonl")
	data, err := os.ReadFile(path)
	ok(t, err)
	ok(t, os.WriteFile(path, append(bytes.Repeat([]byte("é"), 40<<10), append([]byte{'\n'}, data...)...), 0o600))
	for i := range 99 {
		record(report.NewEntry(watch.LockChanged, nil, report.NewStatus(lockcore.Snapshot{Store: testfs.Abs("/") + strings.Repeat("é", 7000+i)}, start)))
	}
	if _, err := os.Stat(filepath.Join(dir, "history.old.jsonl")); err != nil {
		t.Fatal(err)
	}
	before := len(last(t, dir, 0))
	record(removed("1", 0, time.Hour))
	if got := len(last(t, dir, 0)); got != before {
		t.Errorf("%d lines, want %d", got, before)
	}
}

func TestLinesAreSafeOnATerminalAndPlain(t *testing.T) {
	dir := t.TempDir()
	c := report.NewEntry(watch.LockChanged, nil, report.NewStatus(lockcore.Snapshot{Store: "/<\u202e>"}, start))
	ok(t, state.OpenJournal(dir).Record(c))
	if got, want := last(t, dir, 0)[0], `"store":"/<\u202e>"`; !strings.Contains(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}
