package state

import (
	"os"
	"path/filepath"
	"testing"
)

func TestExistingOwnerIsKept(t *testing.T) {
	for name, write := range map[string]func(path, id string){
		"claim":  claim,
		"create": func(path, id string) { create(path, []byte(id+"\n")) },
	} {
		path := filepath.Join(t.TempDir(), "machine")
		write(path, "first")
		write(path, "second")
		if data, err := os.ReadFile(path); err != nil || string(data) != "first\n" {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}
