package lockcore_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// skipUnlessPrivileged skips a test because this user or container lacks a right. Root of a whole machine lacks none, so in CI its test
// fails instead.
func skipUnlessPrivileged(t testing.TB, why string) {
	t.Helper()
	if privileged() {
		skipUnlessCI(t, why)
	}
	t.Skip(why)
}

// privileged reports whether this process has CAP_SYS_ADMIN in the first user namespace.
func privileged() bool {
	const capSysAdmin = 21
	users, err := os.ReadFile("/proc/self/uid_map")
	status, errStatus := os.ReadFile("/proc/self/status")
	_, effective, found := strings.Cut(string(status), "\nCapEff:")
	if err != nil || errStatus != nil || !found {
		return false
	}
	bits, err := strconv.ParseUint(strings.Fields(effective)[0], 16, 64)
	return err == nil && bits&(1<<capSysAdmin) != 0 && strings.Join(strings.Fields(string(users)), " ") == "0 0 4294967295"
}
