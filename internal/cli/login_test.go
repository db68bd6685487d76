package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/config"
	"lockbar/internal/testfs"
)

// install links the program into the home directory of this world, since a program in a temporary directory is refused.
func (w *world) install() string {
	w.t.Helper()
	installed := filepath.Join(w.root, filepath.Base(binary))
	if err := os.Link(binary, installed); err != nil {
		w.t.Fatal(err)
	}
	return installed
}

// TestHelpShowsSettingsThatAreRead checks that the config file in the help has no unknown key, and the default notifications.
func TestHelpShowsSettingsThatAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.json")
	testfs.Check(t, os.WriteFile(path, []byte(storesHelp[strings.Index(storesHelp, "{"):]), 0o600))
	c, err := config.Load(path)
	if err != nil || len(c.Stores) != 1 || len(c.Unknown) != 0 || c.Notify != config.Default().Notify {
		t.Errorf("%+v, %v", c, err)
	}
}
