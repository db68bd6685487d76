package lockcore

import (
	"bytes"
	"cmp"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lockbar/internal/fsx"
)

// LockName is the name of the lock file in its store.
const LockName = ".locked"

// GuardName is the name of the file in a store that is locked while the lock is changed. It is never deleted.
const GuardName = LockName + ".guard"

const (
	// iCloud Drive up to macOS 13 has a placeholder, .NAME.icloud, in the place of a file that is not downloaded.
	placeholderEnd  = ".icloud"
	placeholderName = "." + LockName + placeholderEnd
	stateName       = ".daemon-state.json"
	tempSuffix      = ".tmp" // iCloud does not sync *.tmp
)

// mayBeCopy reports whether a file with this name is read as a conflict copy. Sync engines add text to the name in their own ways and in
// the user's language. So any name that contains LockName will do, except those of the lock, the guard, iCloud's placeholder and temporary
// files; then the content decides.
func mayBeCopy(name string) bool {
	return strings.Contains(name, LockName) && name != LockName && name != GuardName && name != placeholderName &&
		!strings.HasSuffix(name, tempSuffix)
}

// placeheld returns the name of the file that a placeholder with this name replaces, and true; name and false if it is no placeholder's.
func placeheld(name []byte) ([]byte, bool) {
	if inner, ok := bytes.CutSuffix(name, []byte(placeholderEnd)); ok && bytes.HasPrefix(inner, []byte(".")) {
		return inner[1:], true
	}
	return name, false
}

// Concerns reports whether a change of the file with this name in a store can change more of a Snapshot than DirChanged.
func Concerns(name string) bool {
	switch name {
	case LockName, placeholderName, stateName, PeersName:
		return true
	}
	return mayBeCopy(name)
}

const (
	// maxCopies and maxCopyBytes bound the conflict copies that are read, the newest first. A sync engine creates one for each
	// machine; further ones are counted but not read.
	maxCopies    = 64
	maxCopyBytes = 1 << 20
	// maxCopyField bounds each field of a copy's record that is kept, in bytes.
	maxCopyField = 256
)

// A fileList keeps the newest regular files of a directory, by ctime.
type fileList struct {
	most    int   // number of files to keep
	largest int64 // in bytes; larger files are left out
	newest  []listedFile
	more    int // number of further files
}

type listedFile struct {
	path    string
	info    fs.FileInfo
	changed time.Time
}

// add reports false for a file that is left out: it is too large, not a regular file, or cannot be looked up. For a file that is gone by
// now it reports true.
func (l *fileList) add(dir, name string) bool {
	path := filepath.Join(dir, name)
	info, err := fsx.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > l.largest {
		return fsx.IsAbsent(err)
	}
	f := listedFile{path, info, fsx.ChangeTime(info)}
	at, _ := slices.BinarySearchFunc(l.newest, f, newerFirst)
	if len(l.newest) == l.most {
		l.more++
		if at == l.most {
			return true
		}
		l.newest = l.newest[:l.most-1]
	}
	l.newest = slices.Insert(l.newest, at, f)
	return true
}

func newerFirst(a, b listedFile) int {
	return cmp.Or(b.changed.Compare(a.changed), strings.Compare(a.path, b.path))
}

// A lockCopy is a conflict copy that was read.
type lockCopy struct {
	path    string
	record  Record
	token   Token
	changed time.Time // ctime
}

// readCopies reads the conflict copies.
func (l *inspection) readCopies() (copies []lockCopy) {
	room := int64(maxCopyBytes)
	for _, f := range l.copies.newest {
		size := f.info.Size()
		if size > room {
			l.copies.more++
			continue
		}
		room -= size
		read := readRegular(f.path, f.info, MaxSize)
		if r, err := Parse(read.data); err == nil && read.reason == "" {
			copies = append(copies, lockCopy{f.path, r, read.token(), f.changed})
		}
	}
	l.snap.MoreCopies = l.copies.more
	return copies
}

// weighCopies notes which conflict copies contradict the lock or name a daemon that runs here.
func (l *inspection) weighCopies(copies []lockCopy) {
	var list []Conflict
	for _, c := range copies {
		list = append(list, l.weighCopy(c))
	}
	l.snap.Conflicts = NewConflicts(list)
}

func (l *inspection) weighCopy(c lockCopy) Conflict {
	lock := l.evidence.Record
	spent := superseded(lock, l.snap.LockChanged, c.changed) || l.copyHolderGone(c)
	if !spent && !lock.IsZero() && !c.record.SameHolder(lock) {
		l.evidence.RivalCopies = l.evidence.RivalCopies || !l.rival.IsZero() && !c.record.SameHolder(l.rival)
		l.evidence.RivalUnreported = l.evidence.RivalUnreported || !l.isTakenElsewhere(c.record)
		l.evidence.RivalCopy, l.rival = true, c.record
	}
	return Conflict{Path: c.path, Record: c.record.cut(), Superseded: spent}
}

// copyHolderGone reports whether the holder that a copy names is proven gone, here or by another machine's report. If a daemon of this
// store that runs here is that holder, and not the lock's own, copyHolderGone notes that the daemon held the lock.
func (l *inspection) copyHolderGone(c lockCopy) bool {
	claim := evidence{Record: c.record, Changed: c.changed, Boot: l.evidence.Boot, ClockStepped: l.evidence.ClockStepped}
	if l.weighClaim(&claim, c.token); !claim.OurHost {
		return l.isWitnessed(c.token, c.record)
	}
	if p := claim.Holder; p.usesThisStore() && !p.Same(l.evidence.Holder) {
		l.noteDaemon(p, &l.evidence.CopyDaemon)
	}
	return staleProof(claim) != ""
}

// superseded reports whether the lock was taken again after a copy appeared here. A started_at that is later than the lock's own arrival
// here is by another machine's clock, and cannot be compared.
func superseded(lock Record, lockChanged, appeared time.Time) bool {
	taken, known := lock.Started()
	return known && taken.After(appeared.Add(Tolerance)) && !taken.After(lockChanged.Add(Tolerance))
}

// cut bounds the size of a record that is kept.
func (r Record) cut() Record {
	r.Hostname, r.StartedAt = cutTo(r.Hostname, maxCopyField), cutTo(r.StartedAt, maxCopyField)
	if len(r.SchemaVersion) > maxCopyField {
		r.SchemaVersion = r.SchemaVersion[:maxCopyField]
	}
	return r
}

// cutTo shortens s to at most the given number of bytes, between two characters. s may be any bytes.
func cutTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
