package state

import (
	"os"
	"path/filepath"
	"testing"
)

func TestClaimKeepsAnExistingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "machine")
	claim(path, "first")
	claim(path, "second")
	if data, err := os.ReadFile(path); err != nil || string(data) != "first\n" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestCreateKeepsAnExistingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "machine")
	create(path, []byte("first\n"))
	create(path, []byte("second\n"))
	if data, err := os.ReadFile(path); err != nil || string(data) != "first\n" {
		t.Errorf("%q, %v", data, err)
	}
}
