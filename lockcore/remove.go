package lockcore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"lockbar/internal/fsx"
)

// errReplaced means that the lock is not, or no longer, the one to remove or replace. The current lock stayed in place, or was put back.
var errReplaced = errors.New("lockcore: the lock changed meanwhile")

// asideName returns a new name in the store for a file that is moved out of the way.
func (s *Store) asideName(prefix string) string {
	return s.path(prefix + rand.Text()[:6] + tempSuffix)
}

// readSeen reads the lock if it is still the one that a settled look found.
func (s *Store) readSeen(now Snapshot) (file, error) {
	f := s.read(s.LockPath())
	if f.token() != now.Token || !f.isRecord() && !f.changed.Equal(now.LockChanged) {
		return file{}, errReplaced
	}
	return f, nil
}

// removeExactly deletes the lock if it is the one that was read before. It renames the lock aside, compares it, and deletes it or
// puts it back. A writer that replaces the lock at any moment loses nothing.
//
// Errors: errReplaced, also if there is no lock; ErrAside, or an error of the system.
//
// A lock that is a symbolic link is handled as the daemons do: the link is removed, its target stays.
func (s *Store) removeExactly(old file) error {
	if !readLock(s.LockPath()).is(old) {
		return errReplaced
	}
	aside := s.asideName(asidePrefix)
	s.step("before-aside")
	err := fsx.Rename(s.LockPath(), aside)
	if fsx.IsAbsent(err) {
		return errReplaced
	}
	if err != nil {
		return err
	}
	s.step("aside")
	held := readLock(aside)
	switch {
	case held.reason != "": // unreadable; a retry would not help
		return moveError(held.err, aside, s.putBack(aside))
	case !held.is(old):
		return moveError(errReplaced, aside, s.putBack(aside))
	}
	s.step("compared")
	if err := os.Remove(aside); err != nil && !s.alreadyRemoved(err, old.token()) {
		return moveError(err, aside, s.putBack(aside))
	}
	fsx.SyncDir(s.dir)
	return nil
}

// alreadyRemoved reports whether the file to delete is gone and the lock did not come back. NFS repeats a request whose answer was lost,
// and then reports that the file is missing.
func (s *Store) alreadyRemoved(err error, token Token) bool {
	return fsx.IsAbsent(err) && readLock(s.LockPath()).token() != token
}

// moveError returns why, the reason a change failed. If err is not nil, the lock was moved to path and could not be moved back, and
// moveError returns an ErrAside instead.
func moveError(why error, path string, err error) error {
	if err != nil {
		return asideError(path, err)
	}
	return why
}

// putBack moves a lock that was moved aside back to its place. If a newer lock is there, putBack moves the older one to the backups.
func (s *Store) putBack(aside string) error {
	err := s.republish(aside)
	if errors.Is(err, fs.ErrExist) {
		return s.keepDisplaced(aside)
	}
	return err
}

// republish publishes a lock that was moved aside. It does not call link(2) for a symbolic link: on macOS link(2) would follow it, and
// put its target into the store.
func (s *Store) republish(aside string) error {
	link, err := os.Readlink(aside)
	if err != nil {
		return s.publish(aside)
	}
	err = s.renameNew(aside, s.LockPath())
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := s.publishLink(link); err != nil {
		return err
	}
	return os.Remove(aside)
}

// readSettled reads a lock that its daemon may still be writing, even after it was moved. It waits until the bytes are a record, or
// have stayed the same for SettleTime.
func readSettled(path string) file {
	began := time.Now()
	f := readLock(path)
	for range settleTries {
		if f.isRecord() || f.reason != "" || f.absent || !recent(f.changed, began) {
			return f
		}
		before := f.token()
		time.Sleep(SettleTime)
		began = time.Now()
		if f = readLock(path); f.token() == before {
			return f
		}
	}
	return file{reason: Timeout, err: errors.New("the lock keeps changing")}
}

// keepDisplaced moves a lock that another one has replaced, or a conflict copy, to the backups.
func (s *Store) keepDisplaced(path string) error {
	f := readSettled(path)
	if f.reason != "" || f.absent {
		return fmt.Errorf("lockcore: %s cannot be backed up (%s): %w", path, f.reason, f.err)
	}
	if _, err := s.backUp(f, BackupCopy); err != nil {
		return err
	}
	s.step("displaced-kept")
	return os.Remove(path)
}
