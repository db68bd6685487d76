package cli

import (
	"strings"
	"testing"
)

func TestPrints(t *testing.T) {
	for line, want := range map[string]bool{
		"": false, "tray": false, "tray -v": false, "--store x": false, "-v": false,
		"status": true, "run -- x": true, "bogus": true, "tray --help": true, "--help": true, "-h": true, "--version": true,
	} {
		if got := prints(strings.Fields(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
