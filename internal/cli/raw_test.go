package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// rawWords lists words for programmers that occur in errors of cobra, pflag, the Go library and the system.
var rawWords = []string{"arg(s)", "exit status", "strconv", "stat ", "no such file", "accepts", "requires at least", "exec:", "shorthand",
	"flag needs", "invalid argument", "if any flags", "parsing", "syntax", "executable file"}

// TestNoRawErrors spoils a file or directory, and checks that the commands that use it print no raw word.
func TestNoRawErrors(t *testing.T) {
	put := func(t *testing.T, path string) {
		t.Helper()
		testfs.Check(t, os.WriteFile(path, nil, 0o600))
	}
	const loginSpoiled = "a file is where the login entry belongs"
	for name, spoil := range map[string]func(*testing.T, *world){
		"no store":            func(_ *testing.T, w *world) { os.RemoveAll(w.dir) },
		"a file is the store": func(t *testing.T, w *world) { os.RemoveAll(w.dir); put(t, w.dir) },
		"a file is the state": func(t *testing.T, w *world) { put(t, w.state) },
		"a directory is the history": func(t *testing.T, w *world) {
			testfs.Check(t, os.MkdirAll(filepath.Join(w.state, "history.jsonl"), 0o700))
		},
		"a directory is the memory": func(t *testing.T, w *world) {
			testfs.Check(t, os.MkdirAll(filepath.Join(w.state, "state.json"), 0o700))
		},
		loginSpoiled: func(t *testing.T, w *world) { put(t, filepath.Join(w.root, ".config")) },
	} {
		t.Run(name, func(t *testing.T) {
			if name == loginSpoiled && runtime.GOOS == "windows" {
				t.Skip("the Run key is that of the user who runs the tests")
			}
			w := newWorld(t)
			w.writeLock(foreign())
			spoil(t, w)
			commands := [][]string{{"status", "-v"}, {"history"}, {"details"}, {"open"}, {"unlock", "--yes"}, {"unlock", "--copies", "--yes"},
				{"restore"}, {"run", "--take-over", "--", w.root}}
			if name == loginSpoiled {
				commands = [][]string{{"login", "status"}, {"login", "enable"}, {"run", "--take-over", "--", "lockbar-no-such"}}
			}
			for _, args := range commands {
				r := w.here(args...)
				for _, raw := range rawWords {
					if strings.Contains(r.out+r.err, raw) {
						t.Errorf("%q prints %q, a word for programmers: %s%s", args, raw, r.out, r.err)
					}
				}
				if strings.Count(r.err, w.dir+":") > 1 {
					t.Errorf("%q names the store twice: %s", args, r.err)
				}
			}
		})
	}
}
