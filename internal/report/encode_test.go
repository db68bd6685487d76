package report_test

import (
	"encoding/json"
	"testing"

	"lockbar/internal/report"
)

func TestEncode(t *testing.T) {
	for in, want := range map[string]string{
		"plain <&> é": `"plain <&> é"`,
		"\x1b\n":      `"\u001b\n"`,
		"\x7f":        `"\u007f"`,
		"\u009b":      `"\u009b"`,
		"\u202e":      `"\u202e"`,
		"\U000e0001":  `"\udb40\udc01"`,
		"😀":           `"😀"`,
	} {
		line, err := report.Encode(in)
		if err != nil || string(line) != want {
			t.Errorf("%q: %s, %v, want %s", in, line, err, want)
		}
		var back string
		if err := json.Unmarshal(line, &back); err != nil || back != in {
			t.Errorf("%s reads as %q, %v, want %q", line, back, err, in)
		}
	}
	if _, err := report.Encode(func() {}); err == nil {
		t.Error("a function was encoded")
	}
}
