package discover

import (
	"fmt"
	"path/filepath"

	"lockbar/internal/fsx"
)

// maxSize bounds what is read of a file that any installer may have written: such files have some KB.
const maxSize = 1 << 20

func readSmall(path string) ([]byte, error) { return fsx.ReadLinked(path, maxSize) }

// absolute refuses what the daemon would read otherwise than people mean it: it takes ~ for a name, and begins a relative path
// wherever its service manager starts it.
func absolute(store, file string) ([]Store, error) {
	if store == "" || filepath.IsAbs(store) {
		return nonEmpty(store, file), nil
	}
	return nil, fmt.Errorf("%s: %s=%s is no absolute path, and the daemon replaces no ~ in it", file, Variable, store)
}

func nonEmpty(store, file string) []Store {
	if store == "" {
		return nil
	}
	return from(file, store)
}
