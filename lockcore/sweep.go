package lockcore

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// Prefixes of the files that a change keeps in a store while it runs. All names end in .tmp, which iCloud does not sync, and none is
// read as a conflict copy. The next change removes the files that a killed change left.
const (
	tempPrefix  = LockName + ".lockbar-"  // a lock that is being written; not published yet
	stagePrefix = LockName + ".takeover-" // a whole lock that changes places with the old one; its digest is in the name
	asidePrefix = LockName + ".unlock-"   // a lock that is being removed
	copyPrefix  = LockName + ".copy-"     // a conflict copy on its way to the backups
)

// sweep removes the files that a killed change left at least age ago. Under the guard no other change is at work on them, however
// young they are. If one cannot be removed, the next change retries.
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

// sweepBackups removes unfinished backups of at least that age, and prunes the others. It runs before a change, not after it, so that
// all backups of the change stay, however many there are.
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

// adoptBackups moves the backups here that were saved under other names of the store while other file systems were mounted.
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

// prune removes all but the newest of these files. The names are sorted, oldest first.
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

// isOld reports whether a file has not changed for age. With age 0 it is true whatever the clock shows.
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

// sweepCopy completes an interrupted SetAside. The copy is in the backups, unless it was written meanwhile.
func (s *Store) sweepCopy(path string) {
	if last, ok := s.LastCopy(); ok && last.isOf(readLock(path)) {
		_ = os.Remove(path)
		return
	}
	_ = s.keepDisplaced(path)
}

// sweepAside completes an interrupted removal if its backup exists, which proves that the removal was decided. It puts any other lock
// back, since its daemon may still be writing it.
func (s *Store) sweepAside(aside string, decided BackupKind) {
	last, ok := s.LastBackup()
	if ok && last.Kind == decided && last.isOf(readLock(aside)) {
		_ = os.Remove(aside)
		return
	}
	_ = s.putBack(aside)
}

// isOf reports whether the backup is of that file. A file that is not a record, and was written after the backup, is another lock: a
// daemon writes it in place, and it is only as empty or incomplete as the one in the backup.
func (c Backup) isOf(f file) bool {
	if c.Link != "" || f.link != "" {
		return c.Link == f.link
	}
	return c.Token == f.token() && (f.isRecord() || f.written.Add(granularity(f.written)).Before(c.At))
}

// sweepStage completes an interrupted takeover. A stage that still holds the lock in its name was never swapped. Otherwise it holds
// the lock that was replaced: the old one, which is in the backups, or one that a daemon without the guard had just written, or one
// whose backup cannot be read. The latter two replace our lock again, whose writer was killed, unless ours may be held. Our lock is
// backed up first, because the backup that decided the takeover may be in another state directory.
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

// mayBeHeld reports whether a lock may be held: it is not known to be of this host, or its process runs here.
func (s *Store) mayBeHeld(lock file) bool {
	record, err := Parse(lock.data)
	host, errHost := s.host()
	return err != nil || errHost != nil || !SameHost(record.Hostname, host) || probe(record.PID).Alive()
}

// digestLength is the number of digits of a token in a file name: enough to tell two locks of one store apart.
const digestLength = 16

// digest returns the beginning of the hex digest. For no token it is empty, which no file name has.
func (t Token) digest() string {
	hex := strings.TrimPrefix(string(t), tokenPrefix)
	return hex[:min(len(hex), digestLength)]
}
