//go:build linux

package testdesk

import "testing"

func TestLockbarFromTheEnvironment(t *testing.T) {
	t.Setenv(lockbarVariable, "/opt/lockbar")
	if got := Lockbar(t); got != "/opt/lockbar" {
		t.Errorf("got %s", got)
	}
}
