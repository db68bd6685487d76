//go:build linux

package testdesk

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// ciVariable is set to "true" by every CI service in common use. There a
// missing tool is a failure: a test that always skips tests nothing.
const ciVariable = "CI"

// missing skips the test, or fails it under CI.
func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv(ciVariable) == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// desktopVariables are the prefixes of what would lead a child to the real
// session of whoever runs the tests, or to their own store and settings.
var desktopVariables = []string{
	"DISPLAY=", "WAYLAND_", "XAUTHORITY=", "DESKTOP_SESSION=", "SESSION_MANAGER=",
	"DBUS_", "XDG_", "LOCKBAR_", "IAI_MCP_",
}

// bareEnv is this process' environment without any desktop session.
func bareEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return slices.ContainsFunc(desktopVariables, func(prefix string) bool {
			return strings.HasPrefix(v, prefix)
		})
	})
}
