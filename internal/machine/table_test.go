package machine

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

func entry(pid, parent int, start uint64, line string) Entry {
	return Entry{PID: pid, Parent: parent, StartID: start, Args: strings.Fields(line)}
}

func TestWithoutLaunchers(t *testing.T) {
	const venv, base = `C:\venv\Scripts\python.exe -m iai_mcp.daemon`, `C:\Python312\python.exe -m iai_mcp.daemon`
	for _, test := range []struct {
		name  string
		table []Entry
		want  []int
	}{
		{"nothing", nil, nil},
		{"one process", []Entry{entry(4, 1, 10, base)}, []int{4}},
		{"a virtual environment", []Entry{entry(4, 1, 10, venv), entry(8, 4, 11, base)}, []int{8}},
		{"the child is listed first", []Entry{entry(8, 4, 11, base), entry(4, 1, 10, venv)}, []int{8}},
		{"in the same tick", []Entry{entry(4, 1, 10, venv), entry(8, 4, 10, base)}, []int{8}},
		{"py.exe, then a virtual environment", []Entry{entry(4, 1, 9, `py.exe -3.12 -m iai_mcp.daemon`), entry(8, 4, 10, venv), entry(12, 8, 11, base)}, []int{12}},
		{"two daemons", []Entry{entry(4, 1, 10, base), entry(8, 1, 11, base)}, []int{4, 8}},
		{"the launcher has ended, and a later process has its PID", []Entry{entry(4, 1, 20, base), entry(8, 4, 11, base)}, []int{4, 8}},
		{"a worker of the daemon", []Entry{entry(4, 1, 10, base), entry(8, 4, 11, base+" --worker")}, []int{4, 8}},
		{"unknown arguments", []Entry{entry(4, 1, 10, ""), entry(8, 4, 11, "")}, []int{4, 8}},
		{"no arguments", []Entry{entry(4, 1, 10, "python.exe"), entry(8, 4, 11, "python.exe")}, []int{4, 8}},
	} {
		if got := withoutLaunchers(test.table); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestParseEnvironment(t *testing.T) {
	for _, test := range []struct {
		name, block string
		want        []string
		whole       bool
	}{
		{"usual", "A=1\x00B=ü\x00\x00", []string{"A=1", "B=ü"}, true},
		{"a directory of a drive", "=C:=C:\\x\x00A=1\x00\x00", []string{"=C:=C:\\x", "A=1"}, true},
		{"data after the end", "A=1\x00\x00rubbish", []string{"A=1"}, true},
		{"empty", "\x00", nil, false},
		{"nothing", "", nil, false},
		{"cut", "A=1\x00B=2", []string{"A=1"}, false},
		{"the final NUL is missing", "A=1\x00", []string{"A=1"}, false},
		{"an entry without =", "A=1\x00rubbish\x00\x00", nil, false},
	} {
		env, whole := parseEnvironment(utf16.Encode([]rune(test.block)))
		if !reflect.DeepEqual(env, test.want) || whole != test.whole {
			t.Errorf("%s: %q, %t", test.name, env, whole)
		}
	}
}
