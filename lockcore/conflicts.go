package lockcore

import (
	"cmp"
	"io/fs"
	"os"
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
	placeholderName = "." + LockName + ".icloud" // iCloud Drive up to macOS 13, in the place of a file that is not downloaded
	stateName       = ".daemon-state.json"
	tempSuffix      = ".tmp" // iCloud does not sync *.tmp
)

// mayBeCopy reports whether a file of that name is read as a conflict copy. Engines name copies by their own taste and the
// user's language, so that the content decides; only our own files and temporary ones are left out.
func mayBeCopy(name string) bool {
	return strings.Contains(name, LockName) && name != LockName && name != GuardName && name != placeholderName &&
		!strings.HasSuffix(name, tempSuffix)
}

// Concerns reports whether a change to the file of that name in a store can change a Snapshot.
func Concerns(name string) bool {
	switch name {
	case LockName, placeholderName, stateName:
		return true
	}
	return mayBeCopy(name)
}

const (
	// maxCopies and maxCopyBytes bound what is read of conflict copies, the newest first. A sync engine makes one for each
	// machine; more are counted and not read.
	maxCopies    = 64
	maxCopyBytes = 1 << 20
	// maxCopyField is how much of a field of a copy's record is kept, in bytes.
	maxCopyField = 256
)

// copyList keeps the newest files that may be conflict copies of the lock, by ctime.
type copyList struct {
	newest []copyFile // newest first
	more   int        // how many others there are
}

type copyFile struct {
	path    string
	info    fs.FileInfo
	changed time.Time
}

func (l *copyList) add(dir, name string) {
	path := filepath.Join(dir, name)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxSize {
		return // it went meanwhile, or no sync engine made it, or it is no record
	}
	f := copyFile{path, info, fsx.ChangeTime(info)}
	at, _ := slices.BinarySearchFunc(l.newest, f, newerFirst)
	if len(l.newest) == maxCopies {
		l.more++
		if at == maxCopies {
			return
		}
		l.newest = l.newest[:maxCopies-1]
	}
	l.newest = slices.Insert(l.newest, at, f)
}

func newerFirst(a, b copyFile) int {
	return cmp.Or(b.changed.Compare(a.changed), strings.Compare(a.path, b.path))
}

// weighCopies reads the conflict copies, and notes which ones contradict the lock or name a daemon that runs here.
func (l *looking) weighCopies() {
	var copies []Conflict
	room := int64(maxCopyBytes)
	for _, f := range l.copies.newest {
		size := f.info.Size()
		if size > room {
			l.copies.more++
			continue
		}
		room -= size
		if r := readCopy(f.path, f.info); !r.IsZero() {
			copies = append(copies, l.weighCopy(f, r))
		}
	}
	l.snap.Conflicts, l.snap.MoreCopies = NewConflicts(copies), l.copies.more
}

func (l *looking) weighCopy(f copyFile, r Record) Conflict {
	lock := l.evidence.Record
	spent := superseded(lock, l.snap.LockChanged, f.changed) || l.copyHolderGone(r)
	if !spent && !lock.IsZero() && !r.SameHolder(lock) {
		l.evidence.RivalCopy = true
	}
	return Conflict{Path: f.path, Record: r.cut(), Superseded: spent}
}

// copyHolderGone reports whether a copy names a process of this host that is proven gone. A daemon of this store that it names
// runs here, and held the lock.
func (l *looking) copyHolderGone(r Record) bool {
	if !SameHost(r.Hostname, l.snap.Host) {
		return false
	}
	p := l.probe(r.PID, true)
	if p.serves() && !p.Same(l.evidence.Holder) {
		l.knownDaemon(p, &l.evidence.CopyDaemon)
	}
	return staleProof(evidence{Record: r, Holder: p, Self: r.PID == os.Getpid(), Boot: l.evidence.Boot, ClockStepped: l.evidence.ClockStepped}) != ""
}

// readCopy returns what a file says if it is a record, else a zero Record.
func readCopy(path string, info fs.FileInfo) Record {
	f := readRegular(path, info, MaxSize)
	record, err := Parse(f.data)
	if f.reason != "" || err != nil {
		return Record{}
	}
	return record
}

// superseded reports whether the lock was taken anew after a copy appeared here. A lock that says it was taken after its own
// file appeared here has another machine's clock, which compares with nothing.
func superseded(lock Record, lockChanged, appeared time.Time) bool {
	taken, known := lock.Started()
	return known && taken.After(appeared.Add(Tolerance)) && !taken.After(lockChanged.Add(Tolerance))
}

// cut bounds what is kept of a record.
func (r Record) cut() Record {
	r.Hostname, r.StartedAt = cutText(r.Hostname), cutText(r.StartedAt)
	if len(r.SchemaVersion) > maxCopyField {
		r.SchemaVersion = r.SchemaVersion[:maxCopyField]
	}
	return r
}

func cutText(s string) string {
	if len(s) <= maxCopyField {
		return s
	}
	end := maxCopyField
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
