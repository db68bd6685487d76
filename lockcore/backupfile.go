package lockcore

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// backupTime makes names sort by time. It has nine digits because several changes fall into one millisecond.
const backupTime = "20060102T150405.000000000Z"

// A backupName is <time>-<kind>.locked, or <time>-<kind>.link for a lock that was a symbolic link.
type backupName struct {
	at   time.Time
	kind BackupKind
	link bool
}

// linkName ends the name of a backup of a symbolic link. The file has two lines: the token of the link's target, and the text of
// the link without a newline at its end.
const linkName = ".link"

func (n backupName) String() string {
	end := LockName
	if n.link {
		end = linkName
	}
	return n.at.Format(backupTime) + "-" + string(n.kind) + end
}

func parseBackupName(name string) (backupName, bool) {
	whole, isLock := strings.CutSuffix(name, LockName)
	whole, isLink := strings.CutSuffix(whole, linkName)
	stamp, kind, ok := strings.Cut(whole, "-")
	at, err := time.Parse(backupTime, stamp)
	return backupName{at, BackupKind(kind), isLink}, ok && isLock != isLink && err == nil
}

// maxBackup bounds a backup that is read, in bytes. It is the limit for a lock; a backup of a link is smaller, since it holds a token and
// a path.
const maxBackup = MaxSize

func readBackup(path string) (Backup, error) {
	name, ok := parseBackupName(filepath.Base(path))
	if !ok {
		return Backup{}, fmt.Errorf("lockcore: %s is not a backup", path)
	}
	f, err := readBackupFile(path, name)
	if err != nil {
		return Backup{}, err
	}
	return newBackup(f, name, path), nil
}

// readBackupFile returns the lock that a backup holds.
func readBackupFile(path string, name backupName) (file, error) {
	data, err := fsx.Read(path, maxBackup)
	if err != nil || !name.link {
		return file{data: data}, err
	}
	token, link, ok := strings.Cut(string(data), "\n")
	if !ok || link == "" || !strings.HasPrefix(token, tokenPrefix) {
		return file{}, fmt.Errorf("lockcore: %s is not a backup of a link", path)
	}
	return file{link: link, led: Token(token)}, nil
}

// backupData returns the content of a backup of a lock. For a symbolic link that is only the link, since its target may be any file
// of this user, and must not get into a store.
func (f file) backupData() []byte {
	if f.link == "" {
		return f.data
	}
	return []byte(string(f.token()) + "\n" + f.link)
}
