//go:build linux

package testdesk

import (
	"os"
	"path/filepath"
	"testing"
)

func TestModuleRootIsFoundFromBelow(t *testing.T) {
	root := t.TempDir()
	below := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, below} {
		if got, err := moduleRoot(dir); err != nil || got != root {
			t.Errorf("root of %s is %s, %v", dir, got, err)
		}
	}
	if got, err := moduleRoot(""); err == nil {
		t.Errorf("found %s from nowhere", got)
	}
}

func TestLockbarCanBeGiven(t *testing.T) {
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
