package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandFirst(t *testing.T) {
	root := newRoot(&globals{})
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"status --json", "status --json"},
		{"--json status", "status --json"},
		{"--store status status --json", "status --store status --json"},
		{"--store=x -v watch", "watch --store=x -v"},
		{"--token t unlock --yes", "unlock --token t --yes"},
		{"--as=iai_mcp.daemon --store x run -- status -v", "run --as=iai_mcp.daemon --store x -- status -v"},
		{"--store x", "--store x"},
		{"-- status", "-- status"},
	} {
		if got := strings.Join(commandFirst(strings.Fields(test.in), root), " "); got != test.want {
			t.Errorf("%q became %q, want %q", test.in, got, test.want)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{
		{"run", "--"},
		{"ask", "a", "b"},
		{"login", "enable", "--store", w.dir},
		{"open", "--store", w.dir, "--store", w.root},
		{"daemon", "stop", "--store", w.dir, "--store", w.root},
		{"status", "--store", ""},
		{"status", "--state-dir", ""},
		{"status", "--hostname", ""},
		{"status", "--hostname", "a\x1bb"},
		{"status", "--state-dir", w.dir},
		{"status", "--state-dir", filepath.Join(w.dir, "deep", "state")},
		{"unlock", "--token", ""},
		{"unlock", "--store", w.dir, "--store", w.root},
		{"restore", "--store", w.dir, "--store", w.root},
		{"run", "--store", w.dir, "--store", w.root, "--", "true"},
		{"run", "--as=x", "--", "true"},
		{"run", "--as=", "--", "true"},
		{"demo", "--pace", "-1"},
		{"demo", "--pace", "NaN"},
		{"demo", "--pace", "inf"},
		{"demo", "--pace", "1e9"},
		{"history", "-n", "-1"},
	} {
		r := w.here(args...).want(t, exitUsage)
		if !strings.HasPrefix(r.err, "lockbar: ") || strings.Count(r.err, "\n") != 1 || strings.Contains(r.err, "strconv") || r.out != "" {
			t.Errorf("%q: %+v", args, r)
		}
	}
}

const idA, idB = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"
