package tray

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestOnlyOneInstance(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "here")
	first, err := onlyInstance(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := onlyInstance(dir); !errors.Is(err, ErrRunning) {
		t.Errorf("second: %v", err)
	}
	first.Close()
	again, err := onlyInstance(dir)
	if err != nil {
		t.Fatalf("after the first ended: %v", err)
	}
	again.Close()
}
