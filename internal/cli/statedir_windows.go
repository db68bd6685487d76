package cli

import (
	"os"
	"path/filepath"
)

func defaultStateDir(string) string {
	if local := os.Getenv("LocalAppData"); local != "" {
		return filepath.Join(local, "Lockbar")
	}
	return ""
}
