//go:build linux

package testdesk

import (
	"path/filepath"
	"testing"
)

func TestLockbarFromTheEnvironment(t *testing.T) {
	t.Setenv(lockbarVariable, "/opt/lockbar")
	if got := Lockbar(t); got != "/opt/lockbar" {
		t.Errorf("got %s", got)
	}
}

func TestTargetsDoNotCollide(t *testing.T) {
	first, err := target("/src/a/sample", false)
	if err != nil {
		t.Fatal(err)
	}
	second, err := target("/src/b/sample", false)
	if err != nil || first == second || filepath.Base(first) != "sample" {
		t.Errorf("got %s and %s, %v", first, second, err)
	}
	if program, err := target("/any/checkout", true); err != nil || filepath.Base(program) != "lockbar" {
		t.Errorf("got %s, %v", program, err)
	}
}
