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

func TestNilBusHasNoSession(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/real")
	var none *Bus
	if slices.Contains(none.Env(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/real") {
		t.Error("the real session shines through")
	}
}
