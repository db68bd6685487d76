package discover

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxSize bounds what is read of a file that any installer may have written: such files have some KB.
const maxSize = 1 << 20

// readSmall reads a regular file. A FIFO among the agents would wait for ever.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(data) > maxSize {
		err = fmt.Errorf("larger than %d bytes", maxSize)
	}
	return data, err
}

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
