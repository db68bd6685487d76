//go:build !darwin && !windows

package machine

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSystemID(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	was := files
	files = []string{first, second}
	t.Cleanup(func() { files = was })
	if err := os.WriteFile(second, []byte("two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{"one\n": "one", "": "two", "uninitialized\n": "two"} {
		if err := os.WriteFile(first, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := systemID(); got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
	}
	files = nil
	if got := systemID(); got != "" {
		t.Errorf("%q of no file", got)
	}
}
