package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// For Linux alone. The memory of commands is bounded as in walk_linux_test.go.

// secret is what a file outside of the store holds.
const secret = "PRIVATE KEY"

// TestPlantedInTheStore: whatever lies in the place of a file that is read in a store, no command hangs, grows, or carries
// anything into the store or the backups; and what cannot be used is named.
func TestPlantedInTheStore(t *testing.T) {
	for _, name := range []string{".locked", ".locked 2", ".locked.guard", ".daemon-state.json", "lifecycle_state.json", "..locked.icloud",
		"hippo", ".lock", ".locked.unlock-AAAAAA.tmp", ".locked.takeover-0123456789abcdef.tmp"} {
		for _, o := range append(odds, odd{"link to a secret", linkToSecret}) {
			t.Run(name+" is "+o.name, func(t *testing.T) {
				t.Parallel()
				plantInStore(t, name, o)
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

func plantInStore(t *testing.T, name string, o odd) {
	w := newWorld(t)
	if name != ".locked" {
		w.writeLock(foreign())
	}
	if err := o.make(filepath.Join(w.dir, name)); err != nil {
		t.Fatal(err)
	}
	commands := [][]string{{"doctor"}, {"unlock", "--yes"}} // they read and write all that the others do
	if testfs.Long() || name == ".locked" {
		commands = [][]string{{"status"}, {"doctor"}, {"unlock", "--yes"}, {"restore"}, {"run", "--take-over", "--", "true"}, {"unlock", "--copies", "--yes"}}
	}
	for _, args := range commands {
		code, said := w.bounded("", args...)
		if strings.Contains(said, secret) {
			t.Errorf("%v tells the secret: %s", args, said)
		}
		if args[0] == "unlock" && code == exitFailed && !strings.Contains(said, filepath.Join(w.dir, name)) {
			t.Errorf("%v does not name what is in the way: %s", args, said)
		}
	}
	w.wantSecret()
}

// wantSecret checks that what a link led to was carried nowhere.
func (w *world) wantSecret() {
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
			w.t.Errorf("%s holds what the link led to", path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestPlantedAmongTheBackups: what is no backup is not put back, nor an older one in its place; and a lock can be removed and put
// back all the same.
func TestPlantedAmongTheBackups(t *testing.T) {
	for _, o := range append(odds, odd{"link to a secret", linkToSecret}) {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.writeLock(foreign())
			w.unlocks()
			backups, err := filepath.Glob(filepath.Join(w.state, "backups", "*", "*-unlock.locked"))
			if err != nil || len(backups) != 1 {
				t.Fatal(backups, err)
			}
			planted := filepath.Join(filepath.Dir(backups[0]), "99991231T235959.000000000Z-unlock.locked")
			if err := o.make(planted); err != nil {
				t.Fatal(err)
			}
			if o.name == "unreadable" && os.Geteuid() == 0 {
				t.Skip("root reads everything")
			}
			w.bounded("", "status")
			if code, said := w.bounded("", "restore"); code != exitFailed || !strings.Contains(said, planted) {
				t.Errorf("restore: exit code %d: %s", code, said)
			}
			w.mustBeGone(w.lock())
			w.writeLock(foreign())
			w.unlocks()
			if code, said := w.bounded("", "restore"); code != exitOK {
				t.Errorf("restore: exit code %d: %s", code, said)
			}
			w.wantSecret()
		})
	}
}

func (w *world) unlocks() {
	w.t.Helper()
	if code, said := w.bounded("", "unlock", "--yes"); code != exitOK {
		w.t.Fatalf("unlock: exit code %d: %s", code, said)
	}
}
