package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// asWriter turns a child of the test binary into a writer. Its first argument is a file, the others are its actions: "+TEXT" appends to
// the file, "NUMBER" waits so many milliseconds, "!NUMBER" exits with that status, "TEXT" is printed.
const asWriter = "LOCKBAR_TEST_AS_WRITER"

func init() {
	if os.Getenv(asWriter) == "" {
		return
	}
	for _, arg := range os.Args[2:] {
		if text, ok := strings.CutPrefix(arg, "+"); ok {
			appendTo(os.Args[1], text)
		} else if code, ok := strings.CutPrefix(arg, "!"); ok {
			n, _ := strconv.Atoi(code)
			os.Exit(n)
		} else if n, err := strconv.Atoi(arg); err == nil {
			time.Sleep(time.Duration(n) * time.Millisecond)
		} else {
			fmt.Println(arg)
		}
	}
	os.Exit(0)
}

func appendTo(path, text string) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err != nil {
		panic(err)
	}
	f.Close()
}

// Limits in milliseconds: plenty is for lines that come, enough lets a child start and write before the limit, and soon is for lines that
// never come.
const (
	plenty = "10000"
	enough = "3000"
	soon   = "200"
)

func TestAwait(t *testing.T) {
	t.Setenv(asWriter, "1")
	for _, c := range []struct {
		name   string
		before string // in the log; "-" for no log
		limit  string
		does   []string
		least  float64 // milliseconds; 0 if it must fail
		want   string  // in stderr
	}{
		{"the line comes", "old\n", plenty, []string{"40", "+a needle b\n"}, 40, ""},
		{"the log is made", "-", plenty, []string{"+needle\n"}, 1e-9, ""},
		{"among other lines", "", plenty, []string{"+a\nb\nneedle\nc\n"}, 1e-9, ""},
		{"in two writes", "", plenty, []string{"+nee", "60", "+dle\n"}, 60, ""},
		{"the command ends later", "", plenty, []string{"+needle\n", "60"}, 1e-9, ""},
		{"the command prints", "", plenty, []string{"hello", "+needle\n"}, 1e-9, "hello\n"},
		{"never", "needle\n", enough, []string{"+other\n"}, 0, `waiting for "needle": it did not come in time; the last new line: "other"`},
		{"no line at all", "-", soon, nil, 0, `waiting for "needle": it did not come in time; no new line`},
		{"a line without an end", "", soon, []string{"+needle"}, 0, "no new line"},
		{"the command fails", "", plenty, []string{"+other\n", "80", "!3"}, 0, `waiting for "needle": the command: exit status 3; the last new line: "other"`},
		{"the command fails after the line", "", plenty, []string{"+needle\n", "80", "!3"}, 0, "the command: exit status 3"},
		{"the command hangs", "", enough, []string{"+needle\n", "60000"}, 0, "the command did not end in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log := filepath.Join(t.TempDir(), "log")
			if c.before != "-" {
				appendTo(log, c.before)
			}
			out, errOut, code := ran(noScreen, append([]string{"await", log, "needle", c.limit, os.Args[0], log}, c.does...)...)
			took, err := strconv.ParseFloat(strings.TrimSuffix(out, "\n"), 64)
			if ok := c.least > 0; ok != (code == 0) || ok != (err == nil) || ok && took < c.least {
				t.Errorf("%q, %q, exit %d; want at least %v ms", out, errOut, code, c.least)
			}
			if !strings.Contains(errOut, c.want) || c.want == "" && errOut != "" {
				t.Errorf("stderr %q, want %q", errOut, c.want)
			}
		})
	}
}

func TestAwaitWithoutCommand(t *testing.T) {
	_, errOut, code := ran(noScreen, "await", filepath.Join(t.TempDir(), "log"), "needle", plenty, "/nowhere/at/all")
	if code != 1 || !strings.Contains(errOut, `waiting for "needle"`) || !strings.Contains(errOut, "/nowhere/at/all") {
		t.Errorf("%q, exit %d", errOut, code)
	}
}
