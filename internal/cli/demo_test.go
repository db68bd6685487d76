package cli

import (
	"strings"
	"testing"

	"lockbar/lockcore"
)

// TestFarewell checks that the text is short, and names no command that this program, in its place, cannot do.
func TestFarewell(t *testing.T) {
	there := look{Snapshot: lockcore.Snapshot{Store: "/home/u/.iai-mcp", State: lockcore.Unlocked}}
	missing := look{Snapshot: lockcore.Snapshot{Store: "/home/u/.iai-mcp", Reason: lockcore.StoreMissing}}
	for _, test := range []struct {
		name      string
		stopped   bool
		program   string
		installed bool
		own       []look
		want      []string
		never     string
	}{
		{"installed", false, "lockbar", true, []look{there},
			[]string{"That was Lockbar", "`lockbar login enable`", "/home/u/.iai-mcp, now: ", "(`lockbar status`"}, "go run"},
		{"go run", true, goRun, false, []look{there}, []string{"stopped", "store: `go run .`;", "packaging/INSTALL.md", "(`go run . status`"}, "login enable"},
		{"no store yet", false, "./lockbar", true, []look{missing}, []string{"./lockbar login enable", "not there yet"}, "now:"},
		{"in a temporary directory", false, "/tmp/lockbar", false, []look{there}, []string{"store: `/tmp/lockbar`;", "packaging/INSTALL.md"}, "login enable"},
		{"several", false, "lockbar", true, []look{there, missing}, []string{"; 1 more"}, "go run"},
		{"no home", false, "lockbar", true, nil, []string{"That was Lockbar"}, "Your own store"},
	} {
		lines := farewell(test.stopped, test.program, test.installed, test.own)
		got := strings.Join(lines, "\n")
		for _, part := range test.want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: no %q in %q", test.name, part, got)
			}
		}
		if len(lines) > 3 || strings.Contains(got, test.never) {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}
