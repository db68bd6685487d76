package lockcore_test

import (
	"os"
	"runtime"
	"testing"
)

// skipUnlessCI skips a test whose program is not on this machine, but not in the gate, which installs it (Linux only).
func skipUnlessCI(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" && runtime.GOOS == "linux" {
		t.Fatal("in CI: " + why)
	}
	t.Skip(why)
}
