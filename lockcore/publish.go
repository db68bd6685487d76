package lockcore

import (
	"errors"
	"io/fs"
	"os"

	"lockbar/internal/fsx"
)

// publish gives the finished file at temp the name of the lock, only if there is no lock (else fs.ErrExist), and removes temp.
// link(2) is the one call that does this on every POSIX system. NFS repeats a request whose answer was lost; its link(2) then
// returns EEXIST although it succeeded.
func (s *Store) publish(temp string) error {
	err := s.link(temp, s.LockPath())
	switch {
	case err == nil, errors.Is(err, fs.ErrExist) && fsx.IsSameFile(temp, s.LockPath()):
		s.step("linked")
		_ = os.Remove(temp) // the lock is published; if temp stays, the next change removes it
		return nil
	case errors.Is(err, fs.ErrExist):
		return err
	}
	return s.publishWithoutLinks(temp, err)
}

// publishLink makes the lock a symbolic link, only if there is no lock (else fs.ErrExist).
func (s *Store) publishLink(link string) error {
	if err := os.Symlink(link, s.LockPath()); err != nil {
		return err
	}
	fsx.SyncDir(s.dir)
	return nil
}

// publishWithoutLinks does what publish does, on file systems without hard links (exFAT, some of FUSE).
func (s *Store) publishWithoutLinks(temp string, cause error) error {
	err := s.renameNew(temp, s.LockPath())
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.publishCopy(temp, errors.Join(cause, err))
}

// publishCopy is the last resort. O_EXCL keeps the promise that nothing is overwritten, but a reader may briefly see the file
// unfinished, and a kill in that moment leaves a corrupt lock beside temp.
func (s *Store) publishCopy(temp string, cause error) error {
	whole := readSettled(temp) // temp may be a lock that was moved aside; what its daemon writes after this read is lost
	if whole.reason != "" || whole.absent {
		return errors.Join(cause, whole.err)
	}
	f, err := os.OpenFile(s.LockPath(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if err != nil {
		return errors.Join(cause, err)
	}
	n, err := f.Write(whole.data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(cause, err, s.removePart(whole.data[:n]))
	}
	s.step("copied")
	_ = os.Remove(temp)
	return nil
}

// removePart removes the part of a lock that was written before the write failed.
func (s *Store) removePart(written []byte) error {
	part := readLock(s.LockPath())
	if part.token() != tokenOf(written) {
		return errReplaced
	}
	return s.removeExactly(part)
}
