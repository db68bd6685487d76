package cli

import "path/filepath"

func defaultStateDir(home string) string {
	if home == "" {
		return ""
	}
	return filepath.Join(home, "Library", "Application Support", "Lockbar")
}
