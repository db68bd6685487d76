//go:build !darwin && !windows

package machine

import (
	"os"
	"path/filepath"
	"testing"

	"lockbar/internal/testfs"
)

func TestSystemID(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	testfs.Check(t, os.WriteFile(second, []byte("two\n"), 0o600))
	for content, want := range map[string]string{"one\n": "one", "": "two", "uninitialized\n": "two"} {
		testfs.Check(t, os.WriteFile(first, []byte(content), 0o600))
		if got := idIn(first, second); got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
	}
	if got := idIn(); got != "" {
		t.Errorf("id %q from no file", got)
	}
}
