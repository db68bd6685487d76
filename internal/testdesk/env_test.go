//go:build linux

package testdesk

import (
	"slices"
	"testing"
)

// recordingTB records the calls of a helper that end a test.
type recordingTB struct {
	testing.TB
	calls []string
}

func (r *recordingTB) Helper()      {}
func (r *recordingTB) Skip(...any)  { r.calls = append(r.calls, "skip") }
func (r *recordingTB) Fatal(...any) { r.calls = append(r.calls, "fatal") }

func TestMissingToolFailsUnderCI(t *testing.T) {
	for ci, want := range map[string]string{"": "skip", "true": "fatal"} {
		t.Setenv(ciVariable, ci)
		r := &recordingTB{TB: t}
		missing(r, "no such tool")
		if r.calls[0] != want {
			t.Errorf("CI=%q: %q, want %q", ci, r.calls, want)
		}
	}
}

func TestEnvHidesTheRealDesktop(t *testing.T) {
	var none *Bus
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "IAI_MCP_STORE", "XDG_CURRENT_DESKTOP"} {
		t.Setenv(name, "real")
		if slices.Contains(none.Env(), name+"=real") {
			t.Errorf("the environment has the real %s", name)
		}
	}
}
