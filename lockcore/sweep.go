package lockcore

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// Names that this package gives to files in a store while it works. All end in .tmp, which iCloud does not sync, and none
// is a conflict copy's. What a killed run left under them is cleared by the next change.
const (
	tempPrefix  = LockName + ".lockbar-"  // a lock that is being written: nobody's yet
	stagePrefix = LockName + ".takeover-" // a whole lock that changes places with the old one; its digest is in the name
	asidePrefix = LockName + ".unlock-"   // a lock that is being removed
	copyPrefix  = LockName + ".copy-"     // a conflict copy on its way to the backups
)

// sweep clears what a killed run left at least age ago. Under the guard nobody is at work on it, however young it is. What fails is
// tried again at the next change.
func (s *Store) sweep(age time.Duration) {
	if s.checkStateDir() == nil {
		s.sweepBackups(age)
	}
	var left []string
	_, _ = fsx.EachName(s.dir, func(name []byte) {
		if n := string(name); strings.HasPrefix(n, LockName+".") && strings.HasSuffix(n, tempSuffix) {
			left = append(left, n)
		}
	})
	for _, name := range left {
		if path := s.path(name); s.isOurs(path) && isOld(path, age) {
			s.sweepFile(name, path)
		}
	}
}

// sweepBackups clears the unfinished ones that are at least of that age, and prunes. It runs before a change and not after it:
// what a change puts there stays, however much it is.
func (s *Store) sweepBackups(age time.Duration) {
	dir, err := s.backupDir()
	if err != nil {
		return
	}
	s.adoptBackups(dir)
	var locks, copies []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		switch name, ok := parseBackupName(e.Name()); {
		case !fsx.IsRegular(dir, e):
		case strings.HasPrefix(e.Name(), unfinished):
			if path := filepath.Join(dir, e.Name()); isOld(path, age) {
				_ = os.Remove(path)
			}
		case ok && name.kind == BackupCopy:
			copies = append(copies, e.Name())
		case ok:
			locks = append(locks, e.Name())
		}
	}
	prune(dir, locks, keptBackups)
	prune(dir, copies, keptCopies)
}

// adoptBackups takes over what was kept under other names of the store when something else was mounted.
func (s *Store) adoptBackups(dir string) {
	for _, name := range s.namesNow() {
		if other, err := s.backupDirOf(name); err == nil && other != dir {
			adopt(other, dir)
		}
	}
}

// adopt moves backups from one directory to another, without replacing any.
func adopt(from, to string) {
	entries, _ := os.ReadDir(from)
	for _, e := range entries {
		_, ok := parseBackupName(e.Name())
		if path := filepath.Join(to, e.Name()); ok && fsx.IsRegular(from, e) && isAbsent(path) && makePrivate(to) == nil {
			_ = fsx.Rename(filepath.Join(from, e.Name()), path)
		}
	}
	_ = os.Remove(from)
}

// prune keeps the newest of these names, which are in order.
func prune(dir string, names []string, kept int) {
	for _, name := range names[:max(0, len(names)-kept)] {
		_ = os.Remove(filepath.Join(dir, name))
	}
}

// isOurs reports whether a leftover may be used: a regular file of this user or of the store's owner, or the symbolic link that the
// last change removed. Anything else was planted, and is left alone.
func (s *Store) isOurs(path string) bool {
	info, err := fsx.Lstat(path)
	switch {
	case err != nil:
		return false
	case info.Mode()&fs.ModeSymlink != 0:
		link, err := os.Readlink(path)
		last, ok := s.LastBackup()
		return err == nil && ok && last.Link == link
	}
	store, err := os.Stat(s.dir)
	return err == nil && info.Mode().IsRegular() && info.Size() <= MaxSize && (fsx.IsOurs(info) || fsx.SameOwner(info, store))
}

// isOld reports whether a file has not changed for that time; of age 0 is each, whatever the clock says.
func isOld(path string, age time.Duration) bool {
	info, err := fsx.Lstat(path)
	return age == 0 || err == nil && time.Since(fsx.ChangeTime(info)) >= age
}

func (s *Store) sweepFile(name, path string) {
	switch {
	case strings.HasPrefix(name, tempPrefix):
		_ = os.Remove(path)
	case strings.HasPrefix(name, stagePrefix):
		s.sweepStage(path, strings.TrimSuffix(strings.TrimPrefix(name, stagePrefix), tempSuffix))
	case strings.HasPrefix(name, asidePrefix):
		s.sweepAside(path, BackupUnlock)
	case strings.HasPrefix(name, copyPrefix):
		s.sweepCopy(path)
	}
}

// sweepCopy ends an interrupted setting aside. The copy is in the backups, unless it was written meanwhile.
func (s *Store) sweepCopy(path string) {
	if last, ok := s.LastCopy(); ok && last.isOf(readLock(path)) {
		_ = os.Remove(path)
		return
	}
	_ = s.keepDisplaced(path)
}

// sweepAside ends an interrupted removal: one whose backup is there was decided and is completed; any other lock gets its
// place back. Its daemon may still be filling it.
func (s *Store) sweepAside(aside string, decided BackupKind) {
	last, ok := s.LastBackup()
	if ok && last.Kind == decided && last.isOf(readLock(aside)) {
		_ = os.Remove(aside)
		return
	}
	_ = s.putBack(aside)
}

// isOf reports whether the change was decided about that file. What is no record, and was written after the backup, is of a
// daemon that fills its lock in place, and was as empty or as incomplete by chance.
func (c Backup) isOf(f file) bool {
	if c.Link != "" || f.link != "" {
		return c.Link == f.link
	}
	return c.Token == f.token() && (f.isRecord() || f.written.Add(granularity(f.written)).Before(c.At))
}

// sweepStage ends an interrupted takeover. A stage that still holds what its name says never changed places. Else it holds
// what came out of the lock's place: the old lock, whose backup is there, or a lock that a daemon without the guard had
// written just then, or its backup cannot be read. That one takes its place back from ours, if that is nobody's, as its writer
// was killed; and yet it goes to the backups first: another state directory than the writer's knows of no decision.
func (s *Store) sweepStage(stage, digest string) {
	held := readLock(stage)
	if held.token().digest() == digest {
		_ = os.Remove(stage)
		return
	}
	last, ok := s.LastBackup()
	decided := ok && last.Kind == BackupTakeover && last.isOf(held)
	if now := readLock(s.LockPath()); !decided && now.token().digest() == digest {
		if s.mayBeHeld(now) {
			return
		}
		if _, err := s.backUp(now, BackupCopy); err != nil {
			return
		}
		_ = s.removeExactly(now)
	}
	s.sweepAside(stage, BackupTakeover)
}

// mayBeHeld: it is no lock of this host, or of a process here that runs.
func (s *Store) mayBeHeld(lock file) bool {
	record, err := Parse(lock.data)
	host, errHost := s.host()
	return err != nil || errHost != nil || !SameHost(record.Hostname, host) || probe(record.PID).Alive()
}

// digestLength is how much of a token goes into a file name: enough to tell two locks of one store apart.
const digestLength = 16

// digest is the beginning of the hex digest; of no token it is empty, which no name has.
func (t Token) digest() string {
	hex := strings.TrimPrefix(string(t), tokenPrefix)
	return hex[:min(len(hex), digestLength)]
}
