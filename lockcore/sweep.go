package lockcore

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// These are the prefixes of the files that a change keeps in a store while it runs. All names end in .tmp: iCloud does not sync such
// files, and they are not read as conflict copies. The next change cleans up the files that a killed change left.
const (
	tempPrefix  = LockName + ".lockbar-"  // a lock that is being written; not published yet
	stagePrefix = LockName + ".takeover-" // our new lock, to be swapped with the old one; the digest of ours is in the name
	asidePrefix = LockName + ".unlock-"   // a lock that is being removed
	copyPrefix  = LockName + ".copy-"     // a conflict copy on its way to the backups
)

// sweep cleans up the files that a killed change left at least age ago, and prunes the backups. Under the guard age may be 0, since no
// other change is running. If a file cannot be cleaned up, the next change retries.
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

// sweepBackups removes unfinished backups of at least that age, and prunes the finished ones. It runs before a change, not after it, so
// that all backups of the change stay, however many it makes.
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

// adoptBackups moves to dir the backups that were saved under another name of the store while other file systems were mounted.
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

// isOurs reports whether a leftover is trusted: it is a regular file of this user or of the store's owner, no larger than MaxSize, or the
// symbolic link that the last change removed. Any other file may have been planted, and is left alone.
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

// sweepCopy completes an interrupted SetAside. If the newest backup of a copy is not of this one, sweepCopy backs it up first.
func (s *Store) sweepCopy(path string) {
	if last, ok := s.LastCopy(); ok && last.isOf(readLock(path)) {
		_ = os.Remove(path)
		return
	}
	_ = s.keepDisplaced(path)
}

// sweepAside completes an interrupted removal if the newest backup is of this lock, which proves that the removal was decided. It puts
// any other lock back, since a daemon may have just written it.
func (s *Store) sweepAside(aside string, decided BackupKind) {
	last, ok := s.LastBackup()
	if ok && last.Kind == decided && last.isOf(readLock(aside)) {
		_ = os.Remove(aside)
		return
	}
	_ = s.putBack(aside)
}

// isOf reports whether the backup is of that file. A file that is not a record and was written after the backup is another lock: a daemon
// is writing it in place, and so far it has the same few bytes as the lock in the backup.
func (b Backup) isOf(f file) bool {
	if b.Link != "" || f.link != "" {
		return b.Link == f.link
	}
	return b.Token == f.token() && (f.isRecord() || f.written.Add(granularity(f.written)).Before(b.At))
}

// sweepStage completes an interrupted takeover. If the digest in the name of the stage is still that of its content, the stage was not
// swapped, or was swapped back, and holds the killed change's new lock. Otherwise it holds the lock that was replaced. If the newest
// backup is of that lock, the takeover was decided, and sweepStage removes the stage. If not, a daemon without the guard had just written
// that lock, or its backup cannot be read: sweepStage puts it back in the place of the new lock, unless that one may be held. It backs the
// new lock up first, because the backup that decided the takeover may be in another state directory.
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

// mayBeHeld reports whether a lock may be held: it is not known to be this host's, or its process runs here.
func (s *Store) mayBeHeld(lock file) bool {
	record, err := Parse(lock.data)
	host, errHost := s.host()
	return err != nil || errHost != nil || !SameHost(record.Hostname, host) || probe(record.PID).Alive()
}

// digestLength is the number of digits of a token in a file name: enough to tell two locks of one store apart.
const digestLength = 16

// digest returns the beginning of the hex digest. That of an empty token is empty, and equals no digest in a file name.
func (t Token) digest() string {
	hex := strings.TrimPrefix(string(t), tokenPrefix)
	return hex[:min(len(hex), digestLength)]
}
