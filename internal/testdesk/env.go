//go:build linux

package testdesk

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// ciVariable is set to "true" by GitHub Actions, GitLab CI and most other CI services. In
// CI a missing tool is a failure, because a test that is always skipped proves nothing.
const ciVariable = "CI"

// missing skips the test, or fails it in CI.
func missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv(ciVariable) == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// desktopVariables lists the prefixes of variables that would lead a child to
// the real session, store or settings of the user who runs the tests.
var desktopVariables = []string{
	"DISPLAY=", "WAYLAND_", "XAUTHORITY=", "DESKTOP_SESSION=", "SESSION_MANAGER=",
	"DBUS_", "XDG_", "GTK_", "GDK_", "QT_", "LOCKBAR_", "IAI_MCP_",
}

// bareEnv returns this process's environment without any desktop session.
func bareEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return slices.ContainsFunc(desktopVariables, func(prefix string) bool {
			return strings.HasPrefix(v, prefix)
		})
	})
}
