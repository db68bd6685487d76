package hostnames

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/machine"
)

func TestRemember(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	for _, name := range []string{"mac.local", "MAC.local.", "mac.lan", "mac.local"} {
		if err := Remember(dir, name); err != nil {
			t.Fatal(err)
		}
	}
	if got := Names(dir); !slices.Equal(got, []string{"mac.local", "mac.lan"}) {
		t.Errorf("%q", got)
	}
	for i := range most {
		if err := Remember(dir, fmt.Sprint("n", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := Remember(dir, strings.Repeat("x", 100<<10)); err != nil {
		t.Error(err)
	}
	if got := Names(dir); len(got) != most || got[0] != "n0" {
		t.Errorf("%d names from %q on", len(got), got[0])
	}
}

// TestOnlyNamesOfThisMachine: where a home directory is shared, the file may have another one's.
func TestOnlyNamesOfThisMachine(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(machine.Variable, "a")
	if err := Remember(dir, "mac-a"); err != nil {
		t.Fatal(err)
	}
	t.Setenv(machine.Variable, "b")
	if got, err := Read(dir); got != nil || err != nil {
		t.Errorf("of another machine: %q, %v", got, err)
	}
	before := []byte(`{"version":1,"names":["mac-a"]}`)
	if err := os.WriteFile(filepath.Join(dir, fileName), before, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(dir); got != nil || err != nil {
		t.Errorf("of the version before: %q, %v", got, err)
	}
}

func TestNoise(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte(`{"names":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), fileName) {
		t.Error(err)
	}
	if got := append(Names(dir), Names("")...); got != nil {
		t.Errorf("%q", got)
	}
	if err := Remember(dir, "a"); err != nil || !slices.Equal(Names(dir), []string{"a"}) {
		t.Errorf("%v, %q", err, Names(dir))
	}
}
