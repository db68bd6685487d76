package lockcore

import (
	"regexp"
	"strings"
	"sync"
)

// LockName is the name of the lock file in its store.
const LockName = ".locked"

const (
	guardName       = LockName + ".guard"
	placeholderName = "." + LockName + ".icloud" // iCloud Drive up to macOS 13, in the place of a file that is not downloaded
	stateName       = ".daemon-state.json"
	tempSuffix      = ".tmp" // iCloud does not sync *.tmp
)

// conflictCopies are the names that sync engines give to the losing version of .locked (seen or documented). They are
// compiled when the first such name is met: compiling takes longer than a look, and most stores have none.
var conflictCopies = sync.OnceValue(func() []conflictName {
	return []conflictName{
		{"iCloud Drive", regexp.MustCompile(`^\.locked ([2-9]|[1-9][0-9]+)$`)},
		{"Syncthing", regexp.MustCompile(`^\.sync-conflict-\d{8}-\d{6}-[A-Z0-9]{7}\.locked$`)},
		{"Syncthing", regexp.MustCompile(`^\.locked\.sync-conflict-.+$`)},
		{"Nextcloud", regexp.MustCompile(`^\.locked \(conflicted copy.*\)$`)},
		{"Dropbox", regexp.MustCompile(`^\.locked \(.+'s conflicted copy.*\)$`)},
		{"OneDrive", regexp.MustCompile(`^\.locked-.+$`)},
	}
})

type conflictName struct {
	engine string
	name   *regexp.Regexp
}

// ConflictEngine names the sync engine that makes conflict copies of the lock under such a file name, or is empty.
func ConflictEngine(name string) string {
	usual := name == LockName || name == guardName || name == placeholderName
	if usual || !strings.Contains(name, LockName) || strings.HasSuffix(name, tempSuffix) {
		return ""
	}
	for _, c := range conflictCopies() {
		if c.name.MatchString(name) {
			return c.engine
		}
	}
	return ""
}

// Concerns reports whether a change to the file of that name in a store can change a Snapshot.
func Concerns(name string) bool {
	switch name {
	case LockName, placeholderName, stateName:
		return true
	}
	return ConflictEngine(name) != ""
}
