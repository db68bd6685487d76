package lockcore

import (
	"path/filepath"
	"strings"
)

// LockName is the name of the lock file in its store.
const LockName = ".locked"

const (
	guardName       = LockName + ".guard"
	placeholderName = "." + LockName + ".icloud" // iCloud Drive up to macOS 13, in the place of a file that is not downloaded
	stateName       = ".daemon-state.json"
	tempSuffix      = ".tmp" // iCloud does not sync *.tmp
)

// conflictCopies are the names that sync engines give to the losing version of .locked (seen or documented): what stands
// before, what behind, and what is between. No regular expressions: compiling them took longer than a look.
var conflictCopies = []struct {
	engine, before, behind string
	between                func(string) bool
}{
	{"iCloud Drive", ".locked ", "", isCopyNumber},
	{"Syncthing", ".sync-conflict-", ".locked", isSyncthingStamp},
	{"Syncthing", ".locked.sync-conflict-", "", isSomething},
	{"Nextcloud", ".locked (conflicted copy", ")", isAnything},
	{"Dropbox", ".locked (", ")", isSomebodysCopy},
	{"OneDrive", ".locked-", "", isSomething},
}

func isAnything(string) bool { return true }

func isSomething(s string) bool { return s != "" }

// isCopyNumber: iCloud Drive counts its copies from 2.
func isCopyNumber(s string) bool {
	return isMadeOf(s, "0123456789") && s[0] != '0' && s != "1"
}

// isSyncthingStamp is YYYYMMDD-HHMMSS-XXXXXXX: date, time and the first group of a device id.
func isSyncthingStamp(s string) bool {
	parts := strings.Split(s, "-")
	return len(parts) == 3 &&
		len(parts[0]) == 8 && isMadeOf(parts[0], "0123456789") &&
		len(parts[1]) == 6 && isMadeOf(parts[1], "0123456789") &&
		len(parts[2]) == 7 && isMadeOf(parts[2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
}

func isSomebodysCopy(s string) bool { return strings.Index(s, "'s conflicted copy") > 0 }

func isMadeOf(s, characters string) bool { return s != "" && strings.Trim(s, characters) == "" }

// mayBeCopy reports whether a file of that name is read as a conflict copy. Engines name copies by their own taste and the
// user's language, so that the content decides; only our own files and temporary ones are left out.
func mayBeCopy(name string) bool {
	return strings.Contains(name, LockName) && name != LockName && name != guardName && name != placeholderName &&
		!strings.HasSuffix(name, tempSuffix)
}

// Engine names the sync engine that gives conflict copies such a file name; empty where none is known.
func (c Conflict) Engine() string { return engineOf(filepath.Base(c.Path)) }

func engineOf(name string) string {
	if !mayBeCopy(name) {
		return ""
	}
	for _, c := range conflictCopies {
		rest, begins := strings.CutPrefix(name, c.before)
		rest, ends := strings.CutSuffix(rest, c.behind)
		if begins && ends && c.between(rest) {
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
	return mayBeCopy(name)
}
