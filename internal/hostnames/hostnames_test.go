package hostnames

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
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
	if got := Names(dir); len(got) != most || got[0] != "n0" {
		t.Errorf("%d names from %q on", len(got), got[0])
	}
}

func TestNoise(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte(`{"names":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := append(Names(dir), Names("")...); got != nil {
		t.Errorf("%q", got)
	}
	if err := Remember(dir, "a"); err != nil || !slices.Equal(Names(dir), []string{"a"}) {
		t.Errorf("%v, %q", err, Names(dir))
	}
}
