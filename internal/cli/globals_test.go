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
	for _, v := range w.environment() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	for _, args := range [][]string{
		{"bogus"},
		{"--bogus"},
		{"status", "extra"},
		{"status", "--bogus"},
		{"tray", "extra"},
		{"run"},
		{"run", "--"},
		{"status", "--store", ""},
		{"status", "--state-dir", ""},
		{"status", "--hostname", ""},
		{"status", "--hostname", "a\x1bb"},
		{"status", "--state-dir", w.dir},
		{"status", "--state-dir", filepath.Join(w.dir, "deep", "state")},
		{"unlock", "--token", ""},
		{"unlock", "--copies", "--force"},
		{"unlock", "--store", w.dir, "--store", w.root},
		{"restore", "--store", w.dir, "--store", w.root},
		{"run", "--store", w.dir, "--store", w.root, "--", "true"},
		{"run", "--as=x", "--", "true"},
		{"run", "--as=", "--", "true"},
		{"demo", "--pace", "-1"},
		{"demo", "--pace", "NaN"},
		{"demo", "--pace", "inf"},
		{"demo", "--pace", "1e9"},
		{"history", "-n", "x"},
		{"status", "--json=maybe"},
		{"completion"},
		{"completion", "tcsh"},
		{"help", "foo"},
	} {
		code, output := misuse(args)
		if code != exitUsage || !strings.HasPrefix(output, "lockbar: ") || strings.Count(output, "\n") != 1 || strings.Contains(output, "strconv") {
			t.Errorf("%q: %d, %q", args, code, output)
		}
	}
}

const idA, idB = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

// as runs a command as one of two machines that share the state directory.
func (w *world) as(machine string, args ...string) result {
	w.t.Helper()
	cmd := w.command(args...)
	cmd.Env = append(cmd.Env, "LOCKBAR_MACHINE_ID="+machine)
	return finish(w.t, cmd)
}
