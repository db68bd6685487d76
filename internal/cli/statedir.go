//go:build !darwin && !windows

package cli

import (
	"os"
	"path/filepath"
)

// defaultStateDir follows the XDG base directory specification, which says that a relative path is to be ignored.
func defaultStateDir(home string) string {
	if xdg := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(xdg) {
		return filepath.Join(xdg, "lockbar")
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".local", "state", "lockbar")
}
