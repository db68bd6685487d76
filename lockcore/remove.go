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

// errReplaced: the lock is not, or no longer, the one that should be removed or replaced. What is there stays, or is back.
var errReplaced = errors.New("lockcore: the lock changed meanwhile")

// asideName is a new name in the store for what is moved out of the way.
func (s *Store) asideName(prefix string) string {
	return s.path(prefix + rand.Text()[:6] + tempSuffix)
}

// readSeen reads the lock if it still is the one of that look, which has settled.
func (s *Store) readSeen(now Snapshot) (file, error) {
	f := s.read(s.LockPath())
	if f.token() != now.Token || !f.isRecord() && !f.changed.Equal(now.LockChanged) {
		return file{}, errReplaced
	}
	return f, nil
}

// removeExactly deletes the lock if it is the one that was read before: it renames it aside, compares, and deletes what it
// holds or puts it back. A writer that replaces the lock at any moment loses nothing.
//
// Errors: errReplaced, also where there is no lock; ErrAside, or what the system said.
//
// A lock that is a symbolic link is treated as the daemons treat it: the link goes, what it leads to stays.
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
	case held.reason != "": // not to be had, which another try does not mend
		return displaced(held.err, aside, s.putBack(aside))
	case !held.is(old):
		return displaced(errReplaced, aside, s.putBack(aside))
	}
	s.step("compared")
	if err := os.Remove(aside); err != nil && !s.wentAside(err, old.token()) {
		return displaced(err, aside, s.putBack(aside))
	}
	fsx.SyncDir(s.dir)
	return nil
}

// wentAside: what was to be deleted is gone, as where NFS says so of its own repeated request, and did not come back.
func (s *Store) wentAside(err error, token Token) bool {
	return fsx.IsAbsent(err) && readLock(s.LockPath()).token() != token
}

// displaced is why a change did not come about, or, where the lock that it had moved to path could not go back, where that is.
func displaced(why error, path string, err error) error {
	if err != nil {
		return asideError(path, err)
	}
	return why
}

// putBack gives a lock that was moved aside its place again. Where a newer lock has taken the place, the older one goes to
// the backups.
func (s *Store) putBack(aside string) error {
	err := s.publishAgain(aside)
	if errors.Is(err, fs.ErrExist) {
		return s.keepDisplaced(aside)
	}
	return err
}

// publishAgain is publish for a lock that was there before, and so may be a symbolic link: link(2) of macOS would follow it, and
// put the file that it leads to into the store.
func (s *Store) publishAgain(aside string) error {
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

// readSettled is readLock for a lock that its daemon may still be filling, wherever it was moved: it waits until the bytes are
// a record, or have stayed the same for SettleTime.
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
	return file{reason: Timeout, err: errors.New("it keeps changing")}
}

// keepDisplaced moves a lock that another one has replaced to the backups, whole.
func (s *Store) keepDisplaced(path string) error {
	f := readSettled(path)
	if f.reason != "" || f.absent {
		return fmt.Errorf("lockcore: %s cannot be kept (%s): %w", path, f.reason, f.err)
	}
	if _, err := s.backUp(f, BackupCopy); err != nil {
		return err
	}
	s.step("displaced-kept")
	return os.Remove(path)
}
