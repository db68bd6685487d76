package doctor

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// syncOf checks which sync program or network drive carries the store to other machines.
func syncOf(dir string) []Check {
	realHome, err := fsx.Real(machine.Home()) // a link may lead to it
	if err != nil {
		realHome = machine.Home()
	}
	real, err := fsx.Real(dir)
	if err != nil {
		real = dir
	}
	return checkSync(syncEngine(real, realHome, marked), fsx.Remote(real))
}

func checkSync(engine, fileSystem string) []Check {
	switch {
	case engine != "":
		return one("sync", Pass, "%s carries this store to other computers; run the daemon on one of them at a time, since the lock reaches the others late", engine)
	case fileSystem != "":
		return one("sync", Pass, "The store is on %s, where other computers may use it too; run the daemon on one of them at a time", fileSystem)
	}
	return one("sync", Pass, "No sync program or network drive is recognised on the way to the store")
}

// folders lists the names of sync programs' directories. More may follow after a blank, "-" or "(": "OneDrive-Personal".
var folders = []struct{ part, engine string }{
	{"Mobile Documents", "iCloud Drive"},
	{"com~apple~CloudDocs", "iCloud Drive"},
	{"Dropbox", "Dropbox"},
	{"OneDrive", "OneDrive"},
	{"Nextcloud", "Nextcloud"},
	{"ownCloud", "ownCloud"},
	{"GoogleDrive", "Google Drive"},
	{"Google Drive", "Google Drive"},
}

// markers lists files and directories that sync programs keep at the top of their folders.
var markers = []struct{ pattern, engine string }{
	{".stfolder", "Syncthing"},
	{".stignore", "Syncthing"},
	{".dropbox", "Dropbox"},
	{".dropbox.cache", "Dropbox"},
	{".sync_*.db", "Nextcloud"},
	{"._sync_*.db", "Nextcloud"},
	{".nextcloudsync.log", "Nextcloud"},
	{".owncloudsync.log", "ownCloud"},
}

// syncEngine returns the sync program whose marker is in dir or a directory above it, or else whose name one of these directories has;
// empty if there is none. Dropbox keeps its settings in ~/.dropbox, so the search for markers ends below the home directory.
func syncEngine(dir, home string, marked func(pattern string) bool) string {
	for at := dir; at != home; at = filepath.Dir(at) {
		for _, m := range markers {
			if marked(filepath.Join(at, m.pattern)) {
				return m.engine
			}
		}
		if filepath.Dir(at) == at {
			break
		}
	}
	for part := range strings.SplitSeq(filepath.ToSlash(dir), "/") {
		for _, p := range folders {
			if rest, ok := strings.CutPrefix(part, p.part); ok && (rest == "" || strings.ContainsAny(rest[:1], " -(")) {
				return p.engine
			}
		}
	}
	return ""
}

func marked(pattern string) bool {
	dir, name := filepath.Split(pattern)
	found, err := fs.Glob(os.DirFS(dir), name) // filepath.Glob would read a [ in dir as part of the pattern
	return err == nil && len(found) > 0
}
