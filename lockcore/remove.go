package lockcore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// errReplaced: what was moved aside is not what should be removed; it was put back.
var errReplaced = errors.New("lockcore: the lock changed meanwhile")

// asideName is a new name in the store for what is moved out of the way.
func (s *Store) asideName(prefix string) string {
	return s.path(prefix + rand.Text()[:6] + tempSuffix)
}

// removeExactly deletes the lock if it holds just these bytes: it renames it aside, compares, and deletes what it holds
// or puts it back. A writer that replaces the lock at any moment loses nothing. Without a lock: fs.ErrNotExist.
//
// A lock that is a symbolic link is treated as the daemons treat it: the link goes, what it leads to stays.
func (s *Store) removeExactly(token Token) error {
	aside := s.asideName(asidePrefix)
	s.step("before-aside")
	if err := os.Rename(s.LockPath(), aside); err != nil {
		return err
	}
	s.step("aside")
	if readLock(aside).token() != token {
		return errors.Join(errReplaced, s.putBack(aside))
	}
	s.step("compared")
	if err := os.Remove(aside); err != nil {
		return errors.Join(err, s.putBack(aside))
	}
	syncDir(s.dir)
	return nil
}

// putBack gives a lock that was moved aside its place again. Where a newer lock has taken the place, the older one goes to
// the backups.
func (s *Store) putBack(aside string) error {
	err := s.publish(aside)
	if errors.Is(err, fs.ErrExist) {
		return s.keepDisplaced(aside)
	}
	return err
}

// keepDisplaced moves a lock that another one has replaced to the backups, whole.
func (s *Store) keepDisplaced(path string) error {
	f := readLock(path)
	if f.reason != "" || f.absent {
		return fmt.Errorf("lockcore: %s cannot be kept (%s): %w", path, f.reason, f.err)
	}
	if _, err := s.backUp(f.data, ChangeCopy); err != nil {
		return err
	}
	s.step("displaced-kept")
	return os.Remove(path)
}
