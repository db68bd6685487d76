package tray

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// TestHistoryIsSavedAsPage checks that the page has the journal's events, and the time since the last one if the menu's look agrees with
// it.
func TestHistoryIsSavedAsPage(t *testing.T) {
	dir := t.TempDir()
	from, to := noLock(lockcore.Unlocked, ""), lock(lockcore.HeldElsewhere, "", mini)
	entry := report.NewEntry(watch.Acquired, report.NewStatus(from, noon.Add(-time.Hour)), report.NewStatus(to, noon))
	testfs.Check(t, state.OpenJournal(dir).Record(entry))
	id := entry.Identity()
	for _, test := range []struct {
		name  string
		looks map[string]lockcore.Snapshot
		since bool
	}{
		{"the same lock now", map[string]lockcore.Snapshot{id: to}, true},
		{"another one now", map[string]lockcore.Snapshot{id: from}, false},
		{"nobody looked", nil, false},
	} {
		path, err := Config{StateDir: dir}.saveHistory(dir, test.looks, noon.Add(time.Hour).UTC())
		testfs.Check(t, err)
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(data), entry.Sentence()+"</td>") {
			t.Errorf("%s: no %q in %s, %v", test.name, entry.Sentence(), data, err)
		}
		until := "to " + noon.Add(time.Hour).UTC().Format("15:04") + " mac-mini: held the store"
		if strings.Contains(string(data), until) != test.since {
			t.Errorf("%s: want %q: %t\n%s", test.name, until, test.since, data)
		}
	}
}

func TestHistoryThatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	testfs.Check(t, os.Mkdir(dir+"/history.jsonl", 0o700))
	if r := newLoop(Config{StateDir: dir}, newLogs(io.Discard, false)).openHistory(t.Context(), nil); r.Err == nil || !strings.HasPrefix(r.Text, "The history could not be opened: ") {
		t.Errorf("%+v", r)
	}
}

// TestHistoryWithoutStateDirectory checks that a history in the working directory is not taken for Lockbar's, and that no page is written
// there.
func TestHistoryWithoutStateDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	testfs.Check(t, os.WriteFile("history.jsonl", nil, 0o600))
	if _, err := (Config{}).saveHistory("", nil, noon); !errors.Is(err, errNoHistory) {
		t.Error(err)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

// TestPastOfAnotherStore checks that events of stores that are not watched now are not shown as those of the watched one.
func TestPastOfAnotherStore(t *testing.T) {
	p := past{At: noon, Store: "/other", Sentence: "The lock was removed"}
	for _, test := range []struct {
		watched map[string]string
		want    string
	}{
		{map[string]string{"/other": "other"}, "12:14 The lock was removed"},
		{map[string]string{"/mine": "mine"}, "12:14 /other: The lock was removed"},
		{map[string]string{"/mine": "mine", "/other": "other"}, "12:14 other: The lock was removed"},
	} {
		if got := p.title(test.watched, noon); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
