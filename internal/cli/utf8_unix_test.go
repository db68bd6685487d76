//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPathsThatAreNotUTF8 checks that such paths are refused. JSON cannot hold them; a script would read the name of another directory.
func TestPathsThatAreNotUTF8(t *testing.T) {
	w := newWorld(t)
	const name = "a\xff\x1b[2J"
	bad := filepath.Join(w.root, name)
	if err := os.Mkdir(bad, 0o700); err != nil {
		t.Skip(err) // macOS has no such names
	}
	for what, args := range map[string][]string{
		"flag": {"--store", bad}, "state": {"--state-dir", bad}, "IAI_MCP_STORE=" + bad: nil, "LOCKBAR_CONFIG=" + bad: nil, "LOCKBAR_STATE_DIR=" + bad: nil,
	} {
		w.extra = []string{what}
		if r := w.here(append([]string{"status"}, args...)...).want(t, exitUsage); !strings.Contains(r.err, `a\xff\x1b[2J" is not UTF-8`) || r.out != "" {
			t.Errorf("%q: %q", what, r.err)
		}
	}
	inProcess(t, bad, w.environment(), []string{"status", "--store", "."}).want(t, exitUsage)
}
