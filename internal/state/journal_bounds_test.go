package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// TestHostileStore checks that whatever a store holds, a line is short, and an event is written once.
func TestHostileStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var copies []lockcore.Conflict
	for i := range 64 {
		r := lockcore.Record{PID: i + 1, Hostname: strings.Repeat("\u202e", 85)}
		copies = append(copies, lockcore.Conflict{Path: fmt.Sprintf("/s/.locked %d%s", i, strings.Repeat("\x01", 200)), Record: r})
	}
	look := lockcore.Snapshot{Store: testfs.Abs("/") + strings.Repeat("s", 4000), State: lockcore.Contested, Token: "sha256:a",
		Record: lockcore.Record{PID: 1, Hostname: strings.Repeat("\u202e", 20<<10)}, Conflicts: lockcore.NewConflicts(copies)}
	look.Lock = look.Store + "/.locked"
	c := report.NewEntry(watch.BecameTwo, report.NewStatus(look, start), report.NewStatus(look, start))
	for range 2 {
		ok(t, state.OpenJournal(dir).Record(c))
	}
	lines := last(t, dir, 0)
	if len(lines) != 1 || len(lines[0]) > 16<<10 {
		t.Fatalf("%d lines, the first of %d bytes", len(lines), len(lines[0]))
	}
	if got, err := report.ParseEntry([]byte(lines[0])); err != nil || !got.SameEvent(c) {
		t.Errorf("%v: another fact", err)
	}
}

// TestJournalThatIsNoFile checks that another kind of file is never read, written or waited for, and that the error names it.
func TestJournalThatIsNoFile(t *testing.T) {
	for _, name := range []string{"history.jsonl", "history.old.jsonl", "history.lock"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		ok(t, os.Mkdir(path, 0o700))
		j := state.OpenJournal(dir)
		_, errLast := j.Last(0)
		_, errRecent := j.Recent(1)
		errs := map[string]error{"Last": errLast, "Recent": errRecent, "Record": j.Record(removed("1", 0, 0))}
		for op, fails := range map[string]bool{"Last": name != "history.lock", "Recent": name == "history.jsonl", "Record": name != "history.old.jsonl"} {
			if err := errs[op]; fails && (!errors.Is(err, fsx.ErrNotRegular) || !strings.Contains(err.Error(), path)) || !fails && err != nil {
				t.Errorf("%s: %s: %v", name, op, err)
			}
		}
	}
}

func TestHugeJournalIsNotLoaded(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "history.jsonl")
	ok(t, os.WriteFile(path, nil, 0o600))
	ok(t, os.Truncate(path, 100<<20))
	if _, err := state.OpenJournal(dir).Last(0); !errors.Is(err, fsx.ErrTooLarge) || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
	ok(t, state.OpenJournal(dir).Record(removed("1", 0, 0)))
	if lines, err := state.OpenJournal(dir).Last(0); err != nil || len(lines) != 1 {
		t.Errorf("a new file was not begun: %d lines, %v", len(lines), err)
	}
}
