package lockcore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"lockbar/internal/fsx"
)

// SetAside moves the conflict copies that the caller saw to the backups. The lock itself stays, and so does a copy that appeared
// since, or that now has another record. It returns the moved copies even if another one failed. m is the caller's memory.
//
// Errors: ErrUnreadable, ErrGuardBusy, or for each copy that could not be moved, ErrNoStateDir or an error of the system.
func (s *Store) SetAside(ctx context.Context, seen Snapshot, m Memory) (done []Backup, err error) {
	defer during("set-aside", &err)
	now := s.Inspect(ctx, m)
	if err := now.RefuseSetAside(); err != nil {
		return nil, err
	}
	return underGuard(ctx, s, func() ([]Backup, error) { return s.setAsideGuarded(ctx, seen.Conflicts.List(), m) })
}

// RefuseSetAside returns the error that SetAside would return for this look, or nil if it would try.
func (s Snapshot) RefuseSetAside() error {
	if s.State == Unknown {
		return &Error{Op: "set-aside", Err: ErrUnreadable, Now: s}
	}
	return nil
}

func (s *Store) setAsideGuarded(ctx context.Context, seen []Conflict, m Memory) (done []Backup, err error) {
	now := s.Inspect(ctx, m)
	if err := now.RefuseSetAside(); err != nil {
		return nil, err // the look found no copies, but the store may have some
	}
	// A lock can be read even if its store cannot be listed. Then the copies are unknown.
	if _, err := fsx.EachName(s.dir, func([]byte) {}); err != nil {
		return nil, fmt.Errorf("lockcore: set aside: %w", err)
	}
	var failed []error
	for _, c := range now.Conflicts.List() {
		if !slices.ContainsFunc(seen, c.sameClaim) {
			continue
		}
		backup, err := s.setAside(c.Path)
		if err != nil {
			failed = append(failed, fmt.Errorf("lockcore: set aside %s: %w", c.Path, err))
			continue
		}
		done = append(done, backup)
	}
	return done, errors.Join(failed...)
}

func (c Conflict) sameClaim(o Conflict) bool { return c.Path == o.Path && c.Record == o.Record }

// setAside moves one copy to the backups. It writes the backup first, by which a watcher that sees the copy disappear knows that we
// moved it. A copy that was rewritten meanwhile stays, or is put back.
func (s *Store) setAside(path string) (Backup, error) {
	f, err := readCopyFile(path)
	if err != nil {
		return Backup{}, err
	}
	backup, err := s.backUp(f, BackupCopy)
	if err != nil {
		return Backup{}, fmt.Errorf("backup: %w", err)
	}
	s.step("copy-backed-up")
	if err := s.removeCopy(path, f); err != nil {
		if held, errRead := readCopyFile(path); errRead == nil && held.is(f) {
			_ = os.Remove(backup.Path) // if the file has changed, its old content is left only in the backup
		}
		return Backup{}, err
	}
	fsx.SyncDir(s.dir)
	return backup, nil
}

// removeCopy moves a copy out of the sync engine's reach before it compares and deletes it.
func (s *Store) removeCopy(path string, old file) error {
	aside := s.asideName(copyPrefix)
	if err := fsx.Rename(path, aside); err != nil {
		return err
	}
	s.step("copy-aside")
	held, err := readCopyFile(aside)
	if err == nil && !held.is(old) {
		err = errors.New("the copy changed meanwhile")
	}
	if err != nil {
		return errors.Join(err, s.renameNew(aside, path)) // if the rename fails, the next change backs the copy up
	}
	return os.Remove(aside)
}

// readCopyFile reads a conflict copy: a regular file of at most MaxSize.
func readCopyFile(path string) (file, error) {
	f := readPlain(path, MaxSize)
	switch {
	case f.absent:
		return file{}, f.err
	case f.reason != "":
		return file{}, fmt.Errorf("%s: %w", f.reason, f.err)
	}
	return f, nil
}
