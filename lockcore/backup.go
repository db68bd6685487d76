package lockcore

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// ChangeKind says what was done with the bytes of a backup.
type ChangeKind string

const (
	ChangeUnlock   ChangeKind = "unlock"   // removed by force
	ChangeTakeover ChangeKind = "takeover" // replaced by Acquire
	ChangeRestore  ChangeKind = "restore"  // put back
	ChangeCopy     ChangeKind = "copy"     // a conflict copy that was set aside
)

// Change is one of our own changes to a store, as its backup tells.
type Change struct {
	Kind   ChangeKind
	Token  Token     // of the bytes that were removed or put back
	Record Record    // zero where they are no valid record
	At     time.Time // UTC
	Backup string    // the file that holds the bytes
}

const (
	// keptBackups is how many backups of the locks of one store are kept: a takeover a day for seven weeks.
	keptBackups = 50
	// keptCopies is how many conflict copies of one store are kept beside them. They come in heaps, of a record each.
	keptCopies = 1000
	// backupTime sorts by name as by time. Nine digits: several changes fall into one millisecond.
	backupTime = "20060102T150405.000000000Z"
)

// LastChange is the newest of our own changes of the lock itself (not of its copies), or false where there is none or it
// cannot be read. It resolves the path of the store, which may block for as long as a dead mount does.
func (s *Store) LastChange() (Change, bool) {
	c, err := s.lastChange()
	return c, err == nil
}

// lastChange gives ErrNoBackup where there is none. Where the newest cannot be read that is the error: an older one in its
// place would put another lock back than the one that was removed.
func (s *Store) lastChange() (Change, error) {
	if s.options.StateDir == "" {
		return Change{}, ErrNoBackup
	}
	dir, names, err := s.backupNames()
	if err != nil {
		return Change{}, err
	}
	for _, name := range slices.Backward(names) {
		if _, kind, _ := parseBackupName(name); kind == ChangeCopy {
			continue
		}
		c, err := readBackup(filepath.Join(dir, name))
		if !errors.Is(err, fs.ErrNotExist) { // dropped since it was listed
			return c, err
		}
	}
	return Change{}, ErrNoBackup
}

// backupDir is <state-dir>/backups/<name>-<hash of the real path>: local, and one for each store.
func (s *Store) backupDir() (string, error) {
	state, err := filepath.Abs(s.options.StateDir)
	if s.options.StateDir == "" || err != nil {
		return "", ErrNoStateDir
	}
	real, err := filepath.EvalSymlinks(s.dir)
	if err != nil {
		real = s.dir
	}
	sum := sha256.Sum256([]byte(real))
	name := strings.TrimLeft(filepath.Base(real), ".") + "-" + hex.EncodeToString(sum[:4])
	return filepath.Join(state, "backups", name), nil
}

// checkStateDir refuses to write where the sync engine of the store would take it along. Reading needs no such check, and
// each look at a changed lock reads. It waits for the answer: a guess could lose the backup.
func (s *Store) checkStateDir() error {
	if s.options.StateDir != "" && within(s.options.StateDir, s.dir) {
		return fmt.Errorf("lockcore: the state directory %s lies in the store", s.options.StateDir)
	}
	return nil
}

// backupNames lists finished backups, oldest first. A directory that is not there has none.
func (s *Store) backupNames() (dir string, names []string, err error) {
	dir, err = s.backupDir()
	if err != nil {
		return "", nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", nil, err
	}
	for _, e := range entries {
		if _, _, err := parseBackupName(e.Name()); err == nil {
			names = append(names, e.Name())
		}
	}
	return dir, names, nil
}

func parseBackupName(name string) (time.Time, ChangeKind, error) {
	stamp, kind, ok := strings.Cut(strings.TrimSuffix(name, LockName), "-")
	if !ok || !strings.HasSuffix(name, LockName) {
		return time.Time{}, "", fmt.Errorf("lockcore: %s is no backup", name)
	}
	at, err := time.Parse(backupTime, stamp)
	return at, ChangeKind(kind), err
}

func readBackup(path string) (Change, error) {
	at, kind, err := parseBackupName(filepath.Base(path))
	if err != nil {
		return Change{}, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Change{}, err
	}
	return newChange(data, kind, at, path), nil
}

func newChange(data []byte, kind ChangeKind, at time.Time, path string) Change {
	record, _ := Parse(data)
	return Change{Kind: kind, Token: tokenOf(data), Record: record, At: at, Backup: path}
}

// backUp puts data on disk, whole and synced, before anything is removed.
func (s *Store) backUp(data []byte, kind ChangeKind) (Change, error) {
	if err := s.checkStateDir(); err != nil {
		return Change{}, err
	}
	dir, names, err := s.backupNames()
	if err != nil {
		return Change{}, err
	}
	if err := makePrivate(dir); err != nil {
		return Change{}, err
	}
	temp, err := s.writeTemp(dir, unfinished, data)
	if err != nil {
		return Change{}, err
	}
	at := nextBackupTime(names, time.Now())
	path := filepath.Join(dir, at.Format(backupTime)+"-"+string(kind)+LockName)
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return Change{}, err
	}
	fsx.SyncDir(dir)
	s.step("backup-named")
	return newChange(data, kind, at, path), nil
}

// makePrivate makes a directory and its parents, 0700, so that they last over a power cut.
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

// stateDepth is how many directories above that of a store's backups may be new: backups, the state directory, and what
// holds that.
const stateDepth = 3

// nextBackupTime is later than every name that is there, even if the clock went back.
func nextBackupTime(names []string, now time.Time) time.Time {
	now = now.UTC().Round(0)
	if len(names) > 0 {
		if last, _, err := parseBackupName(names[len(names)-1]); err == nil && !now.After(last) {
			return last.Add(time.Nanosecond)
		}
	}
	return now
}

// sweepBackups clears the unfinished ones, which are killed programs', as backups are written under the store's guard only,
// and prunes. It runs before a change and not after it: what a change puts there stays, however much it is.
func (s *Store) sweepBackups() {
	dir, err := s.backupDir()
	if err != nil {
		return
	}
	var locks, copies []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		switch _, kind, err := parseBackupName(e.Name()); {
		case strings.HasPrefix(e.Name(), unfinished):
			_ = os.Remove(filepath.Join(dir, e.Name()))
		case err == nil && kind == ChangeCopy:
			copies = append(copies, e.Name())
		case err == nil:
			locks = append(locks, e.Name())
		}
	}
	prune(dir, locks, keptBackups)
	prune(dir, copies, keptCopies)
}

// prune keeps the newest of these names, which are in order.
func prune(dir string, names []string, kept int) {
	for _, name := range names[:max(0, len(names)-kept)] {
		_ = os.Remove(filepath.Join(dir, name))
	}
}

// unfinished begins the name of a backup that is being written.
const unfinished = "unfinished-"

// writeTemp writes a private file of a random name in dir and syncs it. On an error nothing is left.
func (s *Store) writeTemp(dir, prefix string, data []byte) (path string, err error) {
	f, err := os.CreateTemp(dir, prefix+"*"+tempSuffix) // 0600
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	s.step("temp-made")
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	s.step("temp-written")
	return f.Name(), nil
}
