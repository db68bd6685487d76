package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/lockcore"
)

const (
	// secret is what a file outside of the store holds.
	secret = "PRIVATE KEY"
	// plantedTime is how long a command may take: a few reads that time out, and more would be a hang.
	plantedTime = 20 * time.Second
	// plantedMemory is the most that a command may need, in KiB.
	plantedMemory = 64 << 10
)

// plant is something that is no file of ours, in the place of one.
type plant struct {
	name string
	put  func(w *world, path string) error
}

var plants = []plant{
	{"a pipe", func(_ *world, path string) error { return syscall.Mkfifo(path, 0o600) }},
	{"a directory", func(_ *world, path string) error { return os.Mkdir(path, 0o700) }},
	{"a link out", func(w *world, path string) error { return os.Symlink(w.secret(), path) }},
	{"a link to nothing", func(_ *world, path string) error { return os.Symlink("nowhere", path) }},
	{"a link loop", func(_ *world, path string) error { return os.Symlink(filepath.Base(path), path) }},
	{"a link to a device", func(_ *world, path string) error { return os.Symlink("/dev/zero", path) }},
	{"100 MB", func(_ *world, path string) error {
		return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 100<<20))
	}},
	{"no permission", func(_ *world, path string) error {
		return errors.Join(os.WriteFile(path, []byte("{}"), 0o600), os.Chmod(path, 0))
	}},
}

func (w *world) secret() string {
	path := filepath.Join(w.root, "secret")
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// TestPlantedInTheStore: whatever lies in the place of a file that is read in a store, no command hangs, grows, or carries
// anything into the store; and of the lock it is said what is wrong with it.
func TestPlantedInTheStore(t *testing.T) {
	for _, name := range []string{".locked", ".locked 2", ".locked.guard", ".daemon-state.json", "lifecycle_state.json", "..locked.icloud",
		"hippo", ".lock", ".locked.unlock-AAAAAA.tmp", ".locked.takeover-0123456789abcdef.tmp"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, p := range plants {
				w := newWorld(t)
				if name != ".locked" {
					w.writeLock(foreign())
				}
				if err := p.put(w, filepath.Join(w.dir, name)); err != nil {
					t.Fatal(err)
				}
				for _, args := range [][]string{{"status"}, {"doctor"}, {"unlock", "--yes"}, {"restore"}, {"run", "--", "true"}, {"unlock", "--copies", "--yes"}} {
					r := w.runPlanted(p.name, args...)
					if name == ".locked" && args[0] == "unlock" && r.code == exitOK && strings.HasPrefix(p.name, "a link to") {
						t.Errorf("%s: unlock says %q", p.name, r.out)
					}
				}
				w.wantSecret(p.name)
			}
		})
	}
}

// runPlanted runs a command that must neither hang nor grow nor break down.
func (w *world) runPlanted(what string, args ...string) result {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), plantedTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = w.environment()
	r := finish(w.t, cmd)
	if ctx.Err() != nil {
		w.t.Errorf("%s: %s hangs", what, args)
	}
	if usage := cmd.ProcessState.SysUsage().(*syscall.Rusage); usage.Maxrss > plantedMemory {
		w.t.Errorf("%s: %s needs %d KiB", what, args, usage.Maxrss)
	}
	if strings.Contains(r.err, "panic") || strings.Contains(r.out+r.err, secret) {
		w.t.Errorf("%s: %s says %q %q", what, args, r.out, r.err)
	}
	return r
}

// wantSecret checks that what a link led to was carried nowhere.
func (w *world) wantSecret(what string) {
	w.t.Helper()
	err := filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || path == filepath.Join(w.root, "secret") {
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > lockcore.MaxSize || info.Mode().Perm() == 0 {
			return nil
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), secret) {
			w.t.Errorf("%s: %s holds what the link led to", what, path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
