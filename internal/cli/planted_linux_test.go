package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// Only for Linux: the tests use bounded of walk_linux_test.go.

// secret is the content of a file outside of the store.
const secret = "PRIVATE KEY"

var (
	doctorArgs   = []string{"doctor"}
	unlockArgs   = []string{"unlock", "--yes"}
	copiesArgs   = []string{"unlock", "--copies", "--yes"}
	restoreArgs  = []string{"restore"}
	takeOverArgs = []string{"run", "--take-over", "--", "true"}
)

// storeFiles maps files of a store to the commands that do most with them. In the long form each of the six commands runs with each file.
var storeFiles = map[string][][]string{
	".locked":              {{"status"}, doctorArgs, unlockArgs, restoreArgs, takeOverArgs},
	".locked 2":            {copiesArgs},
	".locked.guard":        {unlockArgs},
	".daemon-state.json":   {doctorArgs, unlockArgs},
	"lifecycle_state.json": {doctorArgs, unlockArgs},
	"..locked.icloud":      {doctorArgs, unlockArgs},
	"hippo":                {doctorArgs, unlockArgs},
	".lock":                {doctorArgs, unlockArgs},

	".locked.unlock-AAAAAA.tmp":             {unlockArgs},
	".locked.takeover-0123456789abcdef.tmp": {unlockArgs},
}

// TestPlantedInTheStore plants odd files in the place of these files of a store. No command hangs, grows, or copies the content of an odd
// file into the store or the backups. unlock names a file that it cannot use.
func TestPlantedInTheStore(t *testing.T) {
	for name, commands := range storeFiles {
		if testfs.Long() {
			commands = [][]string{{"status"}, doctorArgs, unlockArgs, restoreArgs, takeOverArgs, copiesArgs}
		}
		for _, o := range append(odds, odd{"link to a secret", linkToSecret}) {
			if !testfs.Long() && name != ".locked" && !slices.Contains([]string{"pipe", "huge", "link to a secret"}, o.name) {
				continue // the three above stand for all that could make a command hang, grow or reveal the secret
			}
			t.Run(name+" is "+o.name, func(t *testing.T) {
				if testfs.Long() {
					t.Parallel()
				}
				plantInStore(t, name, o, commands)
			})
		}
	}
}

func linkToSecret(path string) error {
	target := filepath.Join(filepath.Dir(path), "..", "secret")
	if err := os.WriteFile(target, []byte(secret), 0o600); err != nil {
		return err
	}
	return os.Symlink(target, path)
}

func plantInStore(t *testing.T, name string, o odd, commands [][]string) {
	w := newWorld(t)
	if name != ".locked" {
		w.writeLock(foreign())
	}
	testfs.Check(t, o.make(filepath.Join(w.dir, name)))
	for _, args := range commands {
		code, output := w.bounded(args...)
		if strings.Contains(output, secret) {
			t.Errorf("%v prints the secret: %s", args, output)
		}
		if args[0] == "unlock" && code == exitFailed && !strings.Contains(output, filepath.Join(w.dir, name)) {
			t.Errorf("%v does not name the file that is in the way: %s", args, output)
		}
	}
	w.wantNoLeak()
}

// wantNoLeak checks that only the file called secret contains the secret.
func (w *world) wantNoLeak() {
	w.t.Helper()
	err := filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Base(path) == "secret" {
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() >= huge || info.Mode().Perm() == 0 {
			return nil
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), secret) {
			w.t.Errorf("%s contains the secret", path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestPlantedAmongTheBackups plants every odd file as the newest backup. restore puts back neither the odd file nor an older
// backup, and a later lock can be removed and put back.
func TestPlantedAmongTheBackups(t *testing.T) {
	for _, o := range append(odds, odd{"link to a secret", linkToSecret}) {
		t.Run(o.name, func(t *testing.T) {
			if testfs.Long() {
				t.Parallel()
			}
			w := newWorld(t)
			w.writeLock(foreign())
			w.unlocks()
			backups, err := filepath.Glob(filepath.Join(w.state, "backups", "*", "*-unlock.locked"))
			if err != nil || len(backups) != 1 {
				t.Fatal(backups, err)
			}
			planted := filepath.Join(filepath.Dir(backups[0]), "99991231T235959.000000000Z-unlock.locked")
			testfs.Check(t, o.make(planted))
			if o.name == "unreadable" && os.Geteuid() == 0 {
				t.Skip("root reads everything")
			}
			if code, output := w.bounded("restore"); code != exitFailed || !strings.Contains(output, planted) {
				t.Errorf("restore: exit code %d: %s", code, output)
			}
			w.mustBeGone(w.lock())
			w.writeLock(foreign())
			w.unlocks()
			if code, output := w.bounded("restore"); code != exitOK {
				t.Errorf("restore: exit code %d: %s", code, output)
			}
			w.wantNoLeak()
		})
	}
}

func (w *world) unlocks() {
	w.t.Helper()
	if code, output := w.bounded(unlockArgs...); code != exitOK {
		w.t.Fatalf("unlock: exit code %d: %s", code, output)
	}
}
