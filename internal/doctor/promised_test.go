package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/config"
	"lockbar/internal/machine"
	"lockbar/internal/testfs"
)

// TestConfigOfThisMachine checks that the second machine of a shared home directory saves a file of its own, and that the check
// names both files while both exist.
func TestConfigOfThisMachine(t *testing.T) {
	dir := t.TempDir()
	path, own := filepath.Join(dir, "config.json"), filepath.Join(dir, "config-bbbbbbbbbbbbbbbb.json")
	t.Setenv(config.FileVariable, path)
	for _, id := range []string{"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"} {
		t.Setenv(machine.Variable, id)
		if _, err := config.Update(path, func(c *config.Config) { c.Notify.Stale = false }); err != nil {
			t.Fatal(err)
		}
	}
	checks := Subject{}.config(t.Context())
	want(t, checks, Pass, own)
	want(t, checks, Pass, "does not use "+path)
	testfs.Check(t, os.Remove(path))
	checks = Subject{}.config(t.Context())
	want(t, checks, Pass, own)
	if strings.Contains(checks[0].Detail, path) {
		t.Errorf("the missing file is named: %+v", checks)
	}
}
