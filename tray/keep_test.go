package tray

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/fsx"
	"lockbar/notify"
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

// TestLettersGoAlthoughAWriterHangs, a moment later.
func TestLettersGoAlthoughAWriterHangs(t *testing.T) {
	dir := t.TempDir()
	lock, err := fsx.OpenLock(filepath.Join(dir, "state.json.guard"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := fsx.TryLock(lock); errors.Is(err, fsx.ErrNoLocks) {
		t.Skip(err)
	}
	sent, began := 0, time.Now()
	k := newKeeper(dir, newLogs(io.Discard, false), func(notify.Letter) error { sent++; return nil })
	k.do(job{saving: &saving{}, letters: []notify.Letter{{}}})
	if took := time.Since(began); sent != 1 || took > 2*time.Second {
		t.Errorf("%d sent after %v", sent, took)
	}
}
