package words

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"lockbar/lockcore"
)

// rawWords lists words of the Go library and the system that users should not have to read.
var rawWords = []string{"no such file", "exit status", "stat ", "open ", "exec:", "executable file not found", "strconv", "json:", "context ",
	"unmarshal", "fork/exec", "i/o timeout", "looking for beginning"}

func TestPlain(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	_, statErr := os.Stat(missing)
	_, openErr := os.Open(missing)
	renameErr := os.Rename(missing, missing+"2")
	_, lookErr := exec.LookPath("lockbar-no-such-program")
	jsonErr := json.Unmarshal([]byte("{x"), new(map[string]int))
	typeErr := json.Unmarshal([]byte(`{"a":"b"}`), new(struct {
		A int `json:"a"`
	}))
	type test struct {
		name string
		err  error
		want string
	}
	tests := []test{
		{"stat", statErr, missing + ": does not exist"},
		{"open, wrapped", fmt.Errorf("start at login: %w", openErr), "start at login: " + missing + ": does not exist"},
		{"permission", &fs.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}, "/x: permission denied"},
		{"a sentinel", &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrPermission}, "/x: permission denied"},
		{"rename", renameErr, missing + "2: does not exist"},
		{"a program", lookErr, "lockbar-no-such-program: no such program in " + pathVariable(runtime.GOOS)},
		{"several", errors.Join(statErr, errors.New("two")), missing + ": does not exist; two"},
		{"several by format", fmt.Errorf("%w: %w", errors.New("one"), statErr), "one: " + missing + ": does not exist"},
		{"a deadline", fmt.Errorf("asked: %w", context.DeadlineExceeded), "asked: no answer in time"},
		{"not JSON", fmt.Errorf("/x: %w", jsonErr), "/x: invalid JSON at byte 2"},
		{"another type", fmt.Errorf("/x: %w", typeErr), "/x: unexpected JSON string in a"},
		{"of lockcore", fmt.Errorf("nothing was removed: %w", errors.New("lockcore: the lock was lost")), "nothing was removed: the lock was lost"},
		{"of our own", errors.New("the lock was lost"), "the lock was lost"},
		{"a path that a terminal obeys", &fs.PathError{Path: "/a\x1b[1m", Err: fs.ErrNotExist}, `"/a\x1b[1m": does not exist`},
	}
	if runtime.GOOS != "windows" {
		tests = append(tests, test{"the system's words", &fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC}, "/x: no space left on device"})
	}
	for _, test := range tests {
		got := Plain(test.err)
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		for _, raw := range rawWords {
			if strings.Contains(strings.ReplaceAll(got, missing, ""), raw) {
				t.Errorf("%s: %q contains %q", test.name, got, raw)
			}
		}
	}
}

// TestPlainOfAProgramThatFailed checks that an exit code is shown only if the program printed no error.
func TestPlainOfAProgramThatFailed(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" { // Windows may have sh, but has no signals
		t.Skip("needs sh")
	}
	for script, want := range map[string]string{
		"exit 3": "x failed: exit code 3",
		"echo 'Error: no display\x1b' >&2; exit 1": "x failed: Error: no display",
		"kill -9 $$": "x failed: ended by a signal (killed)",
	} {
		_, err := exec.Command(sh, "-c", script).Output() // Output keeps the standard error
		if got := Plain(fmt.Errorf("x failed: %w", err)); got != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
}

func TestProblem(t *testing.T) {
	p := lockcore.Problem{Op: "open", Path: "/s/.locked", Err: "permission denied"}
	for want, s := range map[string]lockcore.Snapshot{
		"/s/.locked: permission denied": {Reason: lockcore.Permission, Problem: p},
		"pid is no number":              {Reason: lockcore.BadField, Problem: lockcore.Problem{Op: "parse", Err: "pid is no number"}},
		"":                              {Reason: lockcore.StoreMissing, Problem: p},
	} {
		if got := Problem(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestCauseKeepsTheEnd checks that the end of an error with a long path is shown.
func TestCauseKeepsTheEnd(t *testing.T) {
	long := filepath.Join("/home", strings.Repeat("x", 80), "config.json")
	got := Cause(fmt.Errorf("not saved: %w", &fs.PathError{Op: "open", Path: long, Err: syscall.EACCES}))
	if got != "not saved: config.json: permission denied" {
		t.Errorf("%q", got)
	}
	if got := Cause(errors.New("What Windows says.\x07" + "")); got != "What Windows says" {
		t.Errorf("%q", got)
	}
	if got := Cause(errors.New(strings.Repeat("word ", 40))); utf8.RuneCountInString(got) > maxRunes {
		t.Errorf("%q", got)
	}
}
