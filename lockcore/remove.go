package lockcore

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"strings"
)

// Names that this package gives to files in a store while it works. Both end in .tmp, which iCloud does not sync.
const (
	asidePrefix = LockName + ".unlock-"  // a lock that is being removed
	tempPrefix  = LockName + ".lockbar-" // a lock that is being written
)

// errReplaced: what was moved aside is not what should be removed; it was put back.
var errReplaced = errors.New("lockcore: the lock changed meanwhile")

// removeExactly deletes the lock if it holds just these bytes: it renames it aside, compares, and deletes what it holds
// or puts it back. A writer that replaces the lock at any moment loses nothing. Without a lock: fs.ErrNotExist.
func (s *Store) removeExactly(token Token) error {
	aside := s.path(asidePrefix + rand.Text()[:6] + tempSuffix)
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
	err := publish(aside, s.LockPath())
	if errors.Is(err, fs.ErrExist) {
		return s.keepDisplaced(aside)
	}
	return err
}

// keepDisplaced moves a lock that another one has replaced to the backups, whole.
func (s *Store) keepDisplaced(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if _, err := s.backUp(data, ChangeCopy); err != nil {
		return err
	}
	return os.Remove(path)
}

// sweep clears what a killed run left, under the guard, so that nobody is at work on it.
func (s *Store) sweep() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case !strings.HasSuffix(name, tempSuffix):
		case strings.HasPrefix(name, tempPrefix):
			os.Remove(s.path(name)) // never published: nobody's lock
		case strings.HasPrefix(name, asidePrefix):
			s.sweepAside(s.path(name))
		}
	}
}

// sweepAside ends an interrupted removal: one whose backup is there was decided and is completed; any other lock gets its
// place back.
func (s *Store) sweepAside(aside string) {
	last, ok := s.LastChange()
	if ok && last.Kind == ChangeUnlock && last.Token == readLock(aside).token() {
		os.Remove(aside)
		return
	}
	_ = s.putBack(aside) // what fails now is tried again at the next change
}
