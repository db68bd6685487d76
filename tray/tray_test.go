package tray

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestLogs(t *testing.T) {
	for _, verbose := range []bool{false, true} {
		var out bytes.Buffer
		l := newLogs(&out, verbose)
		l.detail.Print("something happened")
		l.note("nothing", nil)
		l.note("nothing but the end", fmt.Errorf("subscribe: %w", context.Canceled))
		l.note("a thing failed", errors.New("mac\x1b[1m"))
		got := out.String()
		if strings.Contains(got, "something happened") != verbose || strings.Contains(got, "nothing") {
			t.Errorf("verbose %v: %q", verbose, got)
		}
		if !strings.Contains(got, `lockbar: a thing failed: "mac\x1b[1m"`) {
			t.Errorf("verbose %v: %q", verbose, got)
		}
	}
}
