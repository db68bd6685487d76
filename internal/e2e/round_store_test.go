//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lockbar/lockcore"
)

// roundStore is the directory that lockbar watches, as daemons use it.
type roundStore struct{ dir string }

func (s roundStore) lock() string { return filepath.Join(s.dir, lockcore.LockName) }

// foreign is the lock that a daemon on another host would write now.
func foreign(host string) []byte {
	return lockcore.NewRecord(foreignPID, host, time.Now()).Encode()
}

// write puts a lock there as daemons do: whole or not at all.
func (s roundStore) write(lock []byte) error {
	file, err := os.CreateTemp(s.dir, lockcore.LockName+".*.tmp") // its mode is 0600
	if err != nil {
		return err
	}
	_, err = file.Write(lock)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), s.lock())
}

// has says whether exactly this lock is there.
func (s roundStore) has(want []byte) error {
	got, err := os.ReadFile(s.lock())
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("the lock is %q, want %q", got, want)
	}
	return nil
}

// free says whether there is no lock.
func (s roundStore) free() error {
	data, err := os.ReadFile(s.lock())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, fmt.Errorf("the lock is there: %q", data))
}

// private says whether the lock has the mode of a daemon's.
func (s roundStore) private() error {
	info, err := os.Stat(s.lock())
	if err != nil {
		return err
	}
	if info.Mode().Perm() != 0o600 {
		return fmt.Errorf("the lock's mode is %v", info.Mode())
	}
	return nil
}

// holder waits until a lock of this host is there and returns its PID.
func (s roundStore) holder(host string) (int, error) {
	data, err := os.ReadFile(s.lock())
	if err != nil {
		return 0, err
	}
	record, err := lockcore.Parse(data)
	if err == nil && record.Hostname != host {
		err = fmt.Errorf("%s holds the lock", record.Hostname)
	}
	return record.PID, err
}

// hasBackup says whether a file with these bytes lies somewhere below dir.
func hasBackup(dir string, want []byte) error {
	found := errors.New("found")
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if data, err := os.ReadFile(path); err == nil && bytes.Equal(data, want) {
			return found
		}
		return nil
	})
	if err == found {
		return nil
	}
	return errors.Join(err, fmt.Errorf("no backup of %q below %s", want, dir))
}
