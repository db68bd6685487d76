package lockcore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"lockbar/internal/fsx"
)

// takeOver replaces the lock of that look, after a backup.
func (s *Store) takeOver(data []byte, now Snapshot) (Backup, error) {
	old, err := s.readSeen(now)
	if err != nil {
		return Backup{}, err
	}
	change, err := s.backUp(old, BackupTakeover)
	if err != nil {
		return Backup{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("backed-up")
	if err := s.replace(data, old); err != nil {
		s.dropBackup(change, old, err)
		return Backup{}, err
	}
	fsx.SyncDir(s.dir)
	return change, nil
}

// dropBackup forgets the backup of a change that did not come about: the lock is in its place, or its own writer replaced
// or removed it. In every other case, that of ErrAside too, the backup may be all that is left.
func (s *Store) dropBackup(c Backup, old file, err error) {
	if errors.Is(err, errReplaced) || readLock(s.LockPath()).is(old) {
		_ = os.Remove(c.Path)
	}
}

// replace puts data in the place of the lock that was read before.
func (s *Store) replace(data []byte, old file) error {
	temp, err := s.writeTemp(s.dir, tempPrefix, data)
	if err != nil {
		return err
	}
	ours := file{data: data}
	stage := s.path(stagePrefix + ours.token().digest() + tempSuffix)
	if err := fsx.Rename(temp, stage); err != nil {
		_ = os.Remove(temp)
		return err
	}
	if !readLock(s.LockPath()).is(old) {
		_ = os.Remove(stage)
		return errReplaced
	}
	s.step("staged")
	switch err := s.exchange(stage, s.LockPath()); {
	case fsx.IsAbsent(err):
		_ = os.Remove(stage)
		return errReplaced
	case err != nil:
		return s.replaceInSteps(stage, old)
	}
	s.step("swapped")
	return s.settle(stage, old, ours)
}

// settle looks at what came out of the lock's place. If it is not what was to be replaced, then a daemon without the guard
// wrote it just now, or is still writing it, and it goes back. What comes out of the lock's place is always newer than what
// was put in.
func (s *Store) settle(stage string, old, ours file) error {
	in, out := ours, readLock(stage)
	if out.is(old) {
		_ = os.Remove(stage) // it has its backup; what stays is swept by the next change
		return nil
	}
	for range changeTries {
		if err := s.exchange(stage, s.LockPath()); err != nil {
			return displaced(errReplaced, stage, s.putBack(stage))
		}
		s.step("swapped-back")
		back := readLock(stage)
		if back.continues(in) {
			break
		}
		in, out = out, back
	}
	if readLock(stage).is(ours) {
		_ = os.Remove(stage)
		return errReplaced
	}
	return displaced(errReplaced, stage, s.keepDisplaced(stage))
}

// replaceInSteps serves systems that cannot swap names (Windows, NFS): the old lock goes, then ours comes if nobody else's
// did meanwhile (else fs.ErrExist). A bare rename would overwrite whatever was written since the look.
func (s *Store) replaceInSteps(stage string, old file) error {
	err := s.removeExactly(old)
	if err == nil {
		s.step("made-room")
		err = s.publish(stage)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("lockcore: the old lock is in the backups, the new one could not be written: %v", err)
		}
	}
	if err != nil {
		_ = os.Remove(stage)
	}
	return err
}
