package lockcore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// BackupKind names the change that a backup records.
type BackupKind string

const (
	BackupUnlock   BackupKind = "unlock"   // removed by force
	BackupTakeover BackupKind = "takeover" // replaced by Acquire
	BackupRestore  BackupKind = "restore"  // put back
	BackupCopy     BackupKind = "copy"     // a conflict copy that was set aside, or a lock that was displaced
)

// Backup records one change that this package made to a store.
type Backup struct {
	Kind   BackupKind
	Token  Token     // of the bytes that were removed or put back
	Record Record    // zero if they are not a valid record
	At     time.Time // UTC
	Path   string    // the file that holds the bytes
	// Link is the text of the link if the lock was a symbolic link. The backup then holds the link, but not the content of its target.
	// Token is the token of the target, and Record is zero in a Backup that was read from a file.
	Link string
}

const (
	// keptBackups limits the backups of locks that are kept for one store: enough for one takeover a day for seven weeks.
	keptBackups = 50
	// keptCopies limits the backups of conflict copies that are kept for one store. Many copies arrive at once, and each is a separate
	// backup.
	keptCopies = 1000
)

// LastBackup returns the newest backup of the lock itself (not of its copies), or false if there is none or it cannot be read. It also
// returns false if the state directory or the store does not answer within half of ReadTimeout. While that read hangs, further calls
// return at once, so that they do not delay each look.
func (s *Store) LastBackup() (Backup, bool) {
	return s.readInTime(s.lastBackup)
}

// LastCopy does what LastBackup does, for the backups of conflict copies.
func (s *Store) LastCopy() (Backup, bool) {
	return s.readInTime(func() (Backup, error) { return s.lastBackupOf(func(k BackupKind) bool { return k == BackupCopy }) })
}

func (s *Store) readInTime(read func() (Backup, error)) (Backup, bool) {
	if s.stateStuck.Load() && len(s.stateSlot) > 0 {
		return Backup{}, false
	}
	type answer struct {
		backup Backup
		err    error
	}
	a, errTimeout := fsx.InTime(context.Background(), s.stateSlot, ReadTimeout/2, func() answer {
		b, err := read()
		return answer{b, err}
	})
	s.stateStuck.Store(errTimeout != nil)
	return a.backup, errTimeout == nil && a.err == nil
}

// lastBackup returns the newest backup of the lock itself, or ErrNoBackup. If that backup cannot be read, it returns an error: an older
// backup would restore another lock than the one that was removed.
func (s *Store) lastBackup() (Backup, error) {
	return s.lastBackupOf(func(k BackupKind) bool { return k != BackupCopy })
}

func (s *Store) lastBackupOf(wanted func(BackupKind) bool) (Backup, error) {
	if s.options.StateDir == "" {
		return Backup{}, ErrNoBackup
	}
	dir, names, err := s.backupNames()
	if err != nil {
		return Backup{}, err
	}
	for _, name := range slices.Backward(names) {
		if b, _ := parseBackupName(name); !wanted(b.kind) {
			continue
		}
		backup, err := readBackup(filepath.Join(dir, name))
		if !fsx.IsAbsent(err) { // else it was pruned since it was listed
			return backup, err
		}
	}
	return Backup{}, ErrNoBackup
}

// backupDir returns <state-dir>/backups/<name>-<hash of the store's identity>, one directory for each store. If only the directory
// for another of the store's names exists, it stays in use: an identity may change when file systems are mounted.
func (s *Store) backupDir() (string, error) {
	names := s.namesNow()
	for _, name := range names {
		dir, err := s.backupDirOf(name)
		if err != nil || !isAbsent(dir) {
			return dir, err
		}
	}
	return s.backupDirOf(names[0])
}

func (s *Store) backupDirOf(identity string) (string, error) {
	state, err := filepath.Abs(s.options.StateDir)
	if s.options.StateDir == "" || err != nil {
		return "", ErrNoStateDir
	}
	sum := sha256.Sum256([]byte(identity))
	end := "-" + hex.EncodeToString(sum[:4])
	name := cutTo(strings.TrimLeft(filepath.Base(identity), "."), longestName-len(end)) + end
	return filepath.Join(state, "backups", name), nil
}

// longestName bounds the name of a file, in bytes, as most file systems do.
const longestName = 255

// checkStateDir refuses a state directory that the sync engine of a store would sync too, and one that does not answer. Only changes
// need this check. Reads skip it, since a watcher reads the last backup whenever the lock changes.
func (s *Store) checkStateDir() error {
	problem, errTimeout := fsx.InTime(context.Background(), s.stateSlot, ReadTimeout/2, s.stateDirProblem)
	if errTimeout != nil {
		return fmt.Errorf("lockcore: the state directory %s does not answer", s.options.StateDir)
	}
	return problem
}

func (s *Store) stateDirProblem() error {
	dir, err := s.backupDir()
	if err != nil {
		return err
	}
	for _, dir := range []string{s.options.StateDir, dir} {
		if fsx.LeadsInto(dir, s.dir) {
			return fmt.Errorf("lockcore: state directory: %s is inside the store %s", dir, s.dir)
		}
		if other := fsx.Above(dir, LockName, GuardName); other != "" {
			return fmt.Errorf("lockcore: state directory: %s is inside the store %s", dir, other)
		}
	}
	return nil
}

// backupNames lists finished backups, oldest first. For a missing directory the list is empty.
func (s *Store) backupNames() (dir string, names []string, err error) {
	dir, err = s.backupDir()
	if err != nil {
		return "", nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !fsx.IsAbsent(err) {
		return "", nil, err
	}
	for _, e := range entries {
		if _, ok := parseBackupName(e.Name()); ok {
			names = append(names, e.Name())
		}
	}
	return dir, names, nil
}

func newBackup(f file, name backupName, path string) Backup {
	record, _ := Parse(f.data)
	return Backup{Kind: name.kind, Token: f.token(), Record: record, At: name.at, Path: path, Link: f.link}
}

// backUp writes a lock to disk, complete and synced, before anything is removed.
func (s *Store) backUp(f file, kind BackupKind) (Backup, error) {
	if err := s.checkStateDir(); err != nil {
		return Backup{}, err
	}
	dir, names, err := s.backupNames()
	if err != nil {
		return Backup{}, err
	}
	if err := makePrivate(dir); err != nil {
		return Backup{}, err
	}
	temp, err := s.writeTemp(dir, unfinished, f.backupData())
	if err != nil {
		return Backup{}, err
	}
	name := backupName{nextBackupTime(names, time.Now()), kind, f.link != ""}
	path := filepath.Join(dir, name.String())
	if err := fsx.Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return Backup{}, err
	}
	fsx.SyncDir(dir)
	s.step("backup-named")
	return newBackup(f, name, path), nil
}

// makePrivate creates a directory and its parents, 0700, and syncs the stateDepth directories above it, so that the new ones survive a
// power cut.
func makePrivate(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for range stateDepth {
		dir = filepath.Dir(dir)
		fsx.SyncDir(dir)
	}
	return nil
}

// stateDepth is the number of directories above a store's backups that may have a new entry: backups, the state directory, its parent.
const stateDepth = 3

// nextBackupTime returns a time later than that of every existing name, even if the clock went back.
func nextBackupTime(names []string, now time.Time) time.Time {
	now = now.UTC().Round(0)
	if len(names) > 0 {
		if last, ok := parseBackupName(names[len(names)-1]); ok && !now.After(last.at) {
			return last.at.Add(time.Nanosecond)
		}
	}
	return now
}

func isAbsent(path string) bool {
	_, err := os.Lstat(path)
	return fsx.IsMissing(err)
}

// unfinished begins the name of a backup that is being written.
const unfinished = "unfinished-"

// writeTemp writes a private file with a random name in dir and syncs it. On an error it leaves nothing.
func (s *Store) writeTemp(dir, prefix string, data []byte) (path string, err error) {
	if path, err = fsx.WriteTemp(dir, prefix, data, 0o600); err == nil {
		s.step("temp-written")
	}
	return path, err
}
