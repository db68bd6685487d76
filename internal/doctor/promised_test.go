package doctor

import (
	"path/filepath"
	"testing"

	"lockbar/internal/config"
	"lockbar/internal/machine"
)

// TestConfigOfThisMachine checks that the second machine of a shared home directory saves a file of its own, and that the check
// names both files.
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
	want(t, checks, Pass, "another one that shares the home directory saved "+path)
}
