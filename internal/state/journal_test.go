package state_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// maxJournal is the size in bytes at which a new file is begun.
const maxJournal = 1 << 20

// numbered returns an event that is identified by its writer and number.
func numbered(writer, number int) report.Entry {
	look := lockcore.Snapshot{Store: testfs.Abs("/s"), Token: lockcore.Token(fmt.Sprintf("%d-%d", writer, number))}
	return report.NewEntry(watch.LockChanged, nil, report.NewStatus(look, start))
}

// numberedLine returns the line of a numbered event.
func numberedLine(t *testing.T, writer, number int) string {
	t.Helper()
	line, err := report.Encode(numbered(writer, number))
	ok(t, err)
	return string(line)
}

// numbers returns the writer and the number of the event in a line from numberedLine.
func numbers(line string) (writer, number int, err error) {
	c, err := report.ParseEntry([]byte(line))
	if err == nil {
		_, err = fmt.Sscanf(string(c.To.Token), "%d-%d", &writer, &number)
	}
	return writer, number, err
}

// linesEach is the number of events that each writer of TestManyProcessesLoseNoLine records.
const linesEach = 25

// appendLines records the events of a writer, and returns its exit code. spec is "DIR|NUMBER": the state directory and the writer's number.
func appendLines(spec string) int {
	dir, writer, _ := strings.Cut(spec, "|")
	w, _ := strconv.Atoi(writer)
	for i := range linesEach {
		if err := whenFree(func() error { return state.OpenJournal(dir).Record(numbered(w, i)) }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return 0
}

func last(t *testing.T, dir string, n int) []string {
	t.Helper()
	lines, err := state.OpenJournal(dir).Last(n)
	ok(t, err)
	out := []string{}
	for _, l := range lines {
		out = append(out, string(l))
	}
	return out
}

func TestRecordAndLast(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "by record")
	if got := last(t, dir, 0); len(got) != 0 {
		t.Fatalf("a journal that is not there: %q", got)
	}
	for i := range 3 {
		ok(t, state.OpenJournal(dir).Record(numbered(0, i)))
	}
	want := []string{numberedLine(t, 0, 1), numberedLine(t, 0, 2)}
	if got := last(t, dir, 2); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("Last(2) = %q, want %q", got, want)
	}
	if got := last(t, dir, 0); len(got) != 3 {
		t.Errorf("Last(0) has %d lines, want 3", len(got))
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 && os.PathSeparator == '/' {
		t.Errorf("the state directory: %v %v, want mode 0700", info.Mode(), err)
	}
}

func TestTornLineIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "history.jsonl")
	torn := numberedLine(t, 0, 1) + "\n" + numberedLine(t, 0, 7)[:100]
	ok(t, os.WriteFile(file, []byte(torn), 0o600))
	if got := last(t, dir, 0); len(got) != 1 {
		t.Errorf("before the next line: %q, want the whole one", got)
	}
	ok(t, state.OpenJournal(dir).Record(numbered(0, 2)))
	want := []string{numberedLine(t, 0, 1), numberedLine(t, 0, 2)}
	if got := last(t, dir, 0); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("after the next line: %q, want %q", got, want)
	}
}

func TestRotationKeepsTheFileBefore(t *testing.T) {
	dir := t.TempDir()
	line := numberedLine(t, 9, 9) + "\n"
	ok(t, os.WriteFile(filepath.Join(dir, "history.jsonl"), []byte(strings.Repeat(line, maxJournal/len(line))), 0o600))
	ok(t, state.OpenJournal(dir).Record(numbered(1, 1)))
	info, err := os.Stat(filepath.Join(dir, "history.jsonl"))
	if err != nil || info.Size() > int64(len(line)) {
		t.Fatalf("the new file: %v %v, want one line", info, err)
	}
	got := last(t, dir, 2)
	want := []string{numberedLine(t, 9, 9), numberedLine(t, 1, 1)}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("across the rotation: %q, want %q", got, want)
	}
	recent, err := state.OpenJournal(dir).Recent(2)
	if err != nil || len(recent) != 2 || string(recent[0]) != want[0] || string(recent[1]) != want[1] {
		t.Errorf("recent across the rotation: %q, %v, want %q", recent, err, want)
	}
}

func TestRecentIsTheEnd(t *testing.T) {
	j := state.OpenJournal(t.TempDir())
	if lines, err := j.Recent(3); err != nil || len(lines) != 0 {
		t.Errorf("without a journal: %q, %v", lines, err)
	}
	for i := range 9 { // more than the 64 KiB that are read
		look := lockcore.Snapshot{Store: testfs.Abs("/") + strings.Repeat("x", 13<<10), Token: lockcore.Token(fmt.Sprint("n", i))}
		ok(t, j.Record(report.NewEntry(watch.LockChanged, nil, report.NewStatus(look, start))))
	}
	if lines, err := j.Recent(9); err != nil || len(lines) == 0 || len(lines) > 4 {
		t.Errorf("of nine long lines %d were read, %v", len(lines), err)
	}
	lines, err := j.Recent(2)
	if err != nil || len(lines) != 2 || !strings.Contains(string(lines[1]), `"n8"`) {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

func TestManyProcessesLoseNoLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const writers = 4
	var all []*exec.Cmd
	for w := range writers {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%d", writerEnv, dir, w))
		cmd.Stderr = os.Stderr
		ok(t, cmd.Start())
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	next := map[int]int{}
	for _, line := range last(t, dir, 0) {
		writer, number, err := numbers(line)
		if err != nil || number != next[writer] {
			t.Fatalf("line %q: want number %d of its writer, %v", line, next[writer], err)
		}
		next[writer]++
	}
	for w := range writers {
		if next[w] != linesEach {
			t.Errorf("writer %d: %d lines, want %d", w, next[w], linesEach)
		}
	}
}

// TestHostileStore checks that a line is short and an event is written once, whatever a store holds.
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
		t.Errorf("another event was read back (%v)", err)
	}
}

// TestJournalThatIsNoFile checks that a directory in the place of a file is reported, with its path, by each method that needs the file.
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
