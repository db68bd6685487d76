package lockcore

import (
	"errors"
	"os"
)

// publish gives the finished file at temp the name of the lock, only if there is none (else fs.ErrExist), and removes
// temp. link(2) is the one call that does so on every POSIX system.
func publish(temp, lock string) error {
	err := os.Link(temp, lock)
	if err != nil && !errors.Is(err, os.ErrExist) {
		err = publishCopy(temp, lock, err)
	}
	if err != nil {
		return err
	}
	return os.Remove(temp)
}

// publishCopy serves file systems without hard links (exFAT, some of FUSE): O_EXCL keeps the promise that nothing is
// overwritten, but a reader may see the file unfinished for a moment.
func publishCopy(temp, lock string, cause error) error {
	data, err := os.ReadFile(temp)
	if err != nil {
		return errors.Join(cause, err)
	}
	f, err := os.OpenFile(lock, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		if errors.Is(err, os.ErrExist) {
			return err
		}
		return errors.Join(cause, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		os.Remove(lock)
	}
	return err
}
