package state_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lockbar/internal/state"
)

type entry struct{ Writer, Number int }

func appendLines(spec string) int {
	dir, rest, _ := strings.Cut(spec, "|")
	writer, count, _ := strings.Cut(rest, "|")
	w, _ := strconv.Atoi(writer)
	n, _ := strconv.Atoi(count)
	for i := range n {
		if err := whenFree(func() error { return state.OpenJournal(dir).Append(entry{w, i}) }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return 0
}

func last(t *testing.T, dir string, n int) []string {
	t.Helper()
	lines, err := state.OpenJournal(dir).Last(n)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, l := range lines {
		out = append(out, string(l))
	}
	return out
}

func TestAppendAndLast(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "by append")
	if got := last(t, dir, 0); len(got) != 0 {
		t.Fatalf("a journal that is not there: %q", got)
	}
	for i := range 3 {
		if err := state.OpenJournal(dir).Append(entry{0, i}); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{`{"Writer":0,"Number":1}`, `{"Writer":0,"Number":2}`}
	if got := last(t, dir, 2); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("Last(2) = %q, want %q", got, want)
	}
	if got := last(t, dir, 0); len(got) != 3 {
		t.Errorf("Last(0) has %d lines, want 3", len(got))
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the state directory: %v %v, want mode 0700", info.Mode(), err)
	}
}

func TestTornLineIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "history.jsonl")
	torn := `{"Writer":0,"Number":1}` + "\n" + `{"Writer":0,"Num`
	if err := os.WriteFile(file, []byte(torn), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := last(t, dir, 0); len(got) != 1 {
		t.Errorf("before the next line: %q, want the whole one", got)
	}
	if err := state.OpenJournal(dir).Append(entry{0, 2}); err != nil {
		t.Fatal(err)
	}
	want := []string{`{"Writer":0,"Number":1}`, `{"Writer":0,"Number":2}`}
	if got := last(t, dir, 0); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("after the next line: %q, want %q", got, want)
	}
}

func TestRotationKeepsTheFileBefore(t *testing.T) {
	dir := t.TempDir()
	line := append(bytes.Repeat([]byte(`{"Writer":9,"Number":9}`+"\n"), state.MaxJournal/24), '\n')
	if err := os.WriteFile(filepath.Join(dir, "history.jsonl"), line, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := state.OpenJournal(dir).Append(entry{1, 1}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "history.jsonl"))
	if err != nil || info.Size() > 100 {
		t.Fatalf("the new file: %v %v, want one line", info, err)
	}
	got := last(t, dir, 2)
	want := []string{`{"Writer":9,"Number":9}`, `{"Writer":1,"Number":1}`}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("across the rotation: %q, want %q", got, want)
	}
}

func TestManyProcessesLoseNoLine(t *testing.T) {
	dir := t.TempDir()
	const writers, each = 4, 25
	var all []*exec.Cmd
	for w := range writers {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%d|%d", writerEnv, dir, w, each))
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	next := map[int]int{}
	for _, line := range last(t, dir, 0) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Number != next[e.Writer] {
			t.Fatalf("line %q: want number %d of its writer", line, next[e.Writer])
		}
		next[e.Writer]++
	}
	for w := range writers {
		if next[w] != each {
			t.Errorf("writer %d: %d lines, want %d", w, next[w], each)
		}
	}
}
