package config

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/windows"
)

// TestServerThatIsOff checks that settings on a server that does not answer are not taken for missing: Update would replace them when the
// server is back. Package os says of such a path that it does not exist. Wine has no such error.
func TestServerThatIsOff(t *testing.T) {
	const path = `\\lockbar.invalid\share\config.json`
	if _, err := os.Stat(path); !errors.Is(err, windows.ERROR_BAD_NETPATH) {
		t.Skip(err)
	}
	if c, err := Load(path); err == nil {
		t.Errorf("Load: %+v", c)
	}
}
