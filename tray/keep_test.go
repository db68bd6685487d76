package tray

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnreadableStateIsSaid and put aside, and a new file is written.
func TestUnreadableStateIsSaid(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	if err := os.WriteFile(path, []byte("{,"), 0o600); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	log := newLogs(&said, false)
	_, told := readSaved(dir, log)
	if !strings.Contains(said.String(), path) {
		t.Errorf("%q", said.String())
	}
	newKeeper(dir, log, nil).do(job{saving: &saving{told: told}})
	if data, err := os.ReadFile(path + ".bad"); err != nil || string(data) != "{," {
		t.Errorf("%q, %v", data, err)
	}
	before := said.Len()
	readSaved(dir, log)
	if said.Len() != before {
		t.Errorf("the new file: %q", said.String()[before:])
	}
}
