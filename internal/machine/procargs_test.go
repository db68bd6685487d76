package machine

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// procArgsBlock returns the result of KERN_PROCARGS2 for a program, whose path is padded with NULs to a multiple of eight bytes.
func procArgsBlock(argc int, path string, rest ...string) []byte {
	block := binary.NativeEndian.AppendUint32(nil, uint32(argc))
	block = append(block, path...)
	block = append(block, make([]byte, 8-len(path)%8)...)
	return append(block, strings.Join(rest, "\x00")...)
}

// title is the text that a daemon replaces its arguments with.
const title = "iai lilli (iai_mcp.daemon)"

func titleOf(store string) string { return title + " store=" + store }

const (
	noMore = "" // ends a list with NUL, or stands for an empty string
	apple  = "executable_path=/usr/bin/python3"
)

var procArgsRows = []struct {
	name      string
	block     []byte
	argv, env []string // nil if unknown
}{
	{"plain", procArgsBlock(3, "/usr/bin/python3", "python3", "-m", "iai_mcp.daemon", "A=1", "HOME=/h", "", apple, noMore),
		[]string{"python3", "-m", "iai_mcp.daemon"}, []string{"A=1", "HOME=/h"}},
	{"path of eight bytes", procArgsBlock(1, "/bin/abc", "abc", "A=1", "", noMore), []string{"abc"}, []string{"A=1"}},
	{"empty argument within", procArgsBlock(3, "/bin/x", "x", "", "y", "A=1", "", noMore), []string{"x", "", "y"}, []string{"A=1"}},
	{"no environment", procArgsBlock(1, "/bin/x", "x", "", apple, noMore), []string{"x"}, nil},
	{"an environment that the system omits", procArgsBlock(1, "/bin/x", "x", noMore), []string{"x"}, nil},
	{"title within the arguments", procArgsBlock(3, "/usr/bin/python3", title, "", "", "", "", "", "", apple, noMore),
		[]string{title, "", ""}, nil},
	{"title over the environment", procArgsBlock(3, "/usr/bin/python3", titleOf("/s"), "", "", "", "", apple, noMore),
		[]string{titleOf("/s"), "", ""}, nil},
	{"title that was cut", procArgsBlock(3, "/usr/bin/python3", titleOf("/s"), "", apple, "ptr_munge=", noMore),
		[]string{titleOf("/s"), "", apple}, []string{"ptr_munge="}},
	{"title before a part of the environment", procArgsBlock(3, "/usr/bin/python3", title, "", "", "HOME=/h", "", noMore),
		[]string{title, "", ""}, []string{"HOME=/h"}},
	{"cut off in the environment", procArgsBlock(1, "/bin/x", "x", "A=1", "HOME=/h"), []string{"x"}, []string{"A=1"}},
	{"cut off in the last argument", procArgsBlock(2, "/bin/x", "x", "y"), nil, nil},
	{"cut off in the path", append(binary.NativeEndian.AppendUint32(nil, 1), "/bin/x"...), nil, nil},
	{"fewer arguments than argc", procArgsBlock(9, "/bin/x", "x", "y", noMore), nil, nil},
	{"the largest argc", procArgsBlock(-1, "/bin/x", "x", noMore), nil, nil},
	{"no arguments", procArgsBlock(0, "/bin/x", "A=1", "", noMore), []string{}, []string{"A=1"}},
	{"the number alone", binary.NativeEndian.AppendUint32(nil, 1), nil, nil},
	{"less than the number", []byte{1, 0}, nil, nil},
	{"nothing", nil, nil, nil},
}

func TestParseProcArgs(t *testing.T) {
	for _, c := range procArgsRows {
		argv, env := parseProcArgs(c.block)
		if !slices.Equal(argv, c.argv) || (argv == nil) != (c.argv == nil) || !slices.Equal(env, c.env) {
			t.Errorf("%s: got %q and %q, want %q and %q", c.name, argv, env, c.argv, c.env)
		}
	}
}

// FuzzProcArgs checks that the block holds all that is found, in the same order.
func FuzzProcArgs(f *testing.F) {
	for _, c := range procArgsRows {
		f.Add(c.block)
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		argv, env := parseProcArgs(block)
		if argv == nil {
			if env != nil {
				t.Fatalf("%q: an environment %q without arguments", block, env)
			}
			return
		}
		if argc := binary.NativeEndian.Uint32(block); int64(len(argv)) != int64(argc) {
			t.Fatalf("%q: %d arguments", block, len(argv))
		}
		if slices.Contains(env, "") {
			t.Fatalf("%q: an empty variable in %q", block, env)
		}
		all := strings.Join(slices.Concat(argv, env), "\x00") + "\x00"
		if len(argv)+len(env) > 0 && !strings.Contains(string(block), all) {
			t.Fatalf("%q holds no %q", block, all)
		}
	})
}
