package tray

import (
	"errors"
	"os"
	"path/filepath"

	"lockbar/internal/filelock"
)

// onlyInstance makes this the one Lockbar of a state directory until the file is closed or the process ends. The file is
// never deleted: a second process could then hold the lock of a file that is gone.
func onlyInstance(stateDir string) (*os.File, error) {
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(stateDir, "tray.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := filelock.Try(f); err != nil {
		f.Close()
		if errors.Is(err, filelock.ErrTaken) {
			return nil, ErrRunning
		}
		return nil, err
	}
	return f, nil
}
