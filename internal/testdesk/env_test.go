//go:build linux

package testdesk

import (
	"slices"
	"testing"
)

// verdict records what a helper does to its test.
type verdict struct {
	testing.TB
	said []string
}

func (v *verdict) Helper()      {}
func (v *verdict) Skip(...any)  { v.said = append(v.said, "skip") }
func (v *verdict) Fatal(...any) { v.said = append(v.said, "fatal") }

func TestMissingToolFailsUnderCI(t *testing.T) {
	for ci, want := range map[string]string{"": "skip", "true": "fatal"} {
		t.Setenv(ciVariable, ci)
		v := &verdict{TB: t}
		missing(v, "no such tool")
		if v.said[0] != want {
			t.Errorf("CI=%q: %q, want %q", ci, v.said, want)
		}
	}
}

func TestNoRealDesktopShinesThrough(t *testing.T) {
	var none *Bus
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "IAI_MCP_STORE", "XDG_CURRENT_DESKTOP"} {
		t.Setenv(name, "real")
		if slices.Contains(none.Env(), name+"=real") {
			t.Errorf("%s does", name)
		}
	}
}
