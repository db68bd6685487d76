package state

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/machine"
)

func TestRememberHostname(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	for _, name := range []string{"mac.local", "MAC.local.", "mac.lan", "mac.local"} {
		if err := RememberHostname(dir, name); err != nil {
			t.Fatal(err)
		}
	}
	if got := Hostnames(dir); !slices.Equal(got, []string{"mac.local", "mac.lan"}) {
		t.Errorf("%q", got)
	}
	for i := range keptHostnames {
		if err := RememberHostname(dir, fmt.Sprint("n", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := RememberHostname(dir, strings.Repeat("x", 100<<10)); err != nil {
		t.Error(err)
	}
	if got := Hostnames(dir); len(got) != keptHostnames || got[0] != "n0" {
		t.Errorf("%d names from %q on", len(got), got[0])
	}
}

// TestOnlyNamesOfThisMachine: where a home directory is shared, the file may have another one's.
func TestOnlyNamesOfThisMachine(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(machine.Variable, "a")
	if err := RememberHostname(dir, "mac-a"); err != nil {
		t.Fatal(err)
	}
	t.Setenv(machine.Variable, "b")
	if got, err := ReadHostnames(dir); got != nil || err != nil {
		t.Errorf("of another machine: %q, %v", got, err)
	}
	before := []byte(`{"version":1,"names":["mac-a"]}`)
	if err := os.WriteFile(filepath.Join(dir, hostnamesName), before, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadHostnames(dir); got != nil || err != nil {
		t.Errorf("of the version before: %q, %v", got, err)
	}
}

func TestHostnamesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, hostnamesName), []byte(`{"names":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadHostnames(dir); err == nil || !strings.Contains(err.Error(), hostnamesName) {
		t.Error(err)
	}
	if got := append(Hostnames(dir), Hostnames("")...); got != nil {
		t.Errorf("%q", got)
	}
	if err := RememberHostname(dir, "a"); err != nil || !slices.Equal(Hostnames(dir), []string{"a"}) {
		t.Errorf("%v, %q", err, Hostnames(dir))
	}
}
