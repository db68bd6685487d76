package lockcore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"lockbar/internal/fsx"
)

// takeOver replaces the lock that the look found, after a backup.
func (s *Store) takeOver(data []byte, now Snapshot) (Backup, error) {
	old, err := s.readSeen(now)
	if err != nil {
		return Backup{}, err
	}
	backup, err := s.backUp(old, BackupTakeover)
	if err != nil {
		return Backup{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("backed-up")
	if err := s.replace(data, old); err != nil {
		s.dropBackup(backup, old, err)
		return Backup{}, err
	}
	fsx.SyncDir(s.dir)
	return backup, nil
}

// dropBackup removes the backup of a change that failed, if the lock is in its place, or another program replaced or removed it. In
// every other case, including ErrAside, the backup may be the only copy.
func (s *Store) dropBackup(b Backup, old file, err error) {
	if errors.Is(err, errReplaced) || readLock(s.LockPath()).is(old) {
		_ = os.Remove(b.Path)
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

// settle checks what the swap moved out of the lock's place. If that is not the lock that was to be replaced, a daemon without the
// guard has just written it, or is still writing it, and settle swaps it back. It repeats this while another lock has appeared since the
// last swap: each swap moves out something newer than what it puts in.
func (s *Store) settle(stage string, old, ours file) error {
	in, out := ours, readLock(stage)
	if out.is(old) {
		_ = os.Remove(stage) // the old lock is in the backups; if stage stays, the next change removes it
		return nil
	}
	for range changeTries {
		if err := s.exchange(stage, s.LockPath()); err != nil {
			return moveError(errReplaced, stage, s.putBack(stage))
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
	return moveError(errReplaced, stage, s.keepDisplaced(stage))
}

// replaceInSteps serves systems that cannot swap names (Windows, NFS). It removes the old lock, then publishes ours if no other lock
// has appeared (else fs.ErrExist). A plain rename would overwrite a lock that was written since the look.
func (s *Store) replaceInSteps(stage string, old file) error {
	err := s.removeExactly(old)
	if err == nil {
		s.step("made-room")
		err = s.publish(stage)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("lockcore: the old lock is in the backups, but the new one could not be written: %v", err)
		}
	}
	if err != nil {
		_ = os.Remove(stage)
	}
	return err
}
