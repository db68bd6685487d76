//go:build unix

package lockcore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// host is the name of this machine in tests that need no real one.
const host = "mac-a"

// newStore returns a store in an empty directory, with a state directory beside it.
func newStore(t testing.TB) *lockcore.Store {
	t.Helper()
	dir := t.TempDir()
	return openStore(t, dir+"/store", dir+"/state")
}

func openStore(t testing.TB, dir, state string) *lockcore.Store {
	t.Helper()
	noError(t, os.MkdirAll(dir, 0o700))
	return mustOpen(dir, state)
}

func mustOpen(dir, state string) *lockcore.Store {
	s, err := lockcore.Open(dir, lockcore.Options{Hostname: host, StateDir: state})
	if err != nil {
		panic(err)
	}
	return s
}

// deadPID is above any pid_max: no process ever has it.
const deadPID = lockcore.MaxPID

// livePID is the PID of the process that started the tests. It is older than the locks of the tests, and outlives them.
var livePID = os.Getppid()

// of returns a record with the current time.
func of(hostname string, pid int) lockcore.Record {
	return lockcore.NewRecord(pid, hostname, time.Now())
}

// write puts data in the place of the lock as daemons of 0.3 and 0.4 do: a temporary file, then a blind rename.
func write(t testing.TB, s *lockcore.Store, data []byte) {
	t.Helper()
	noError(t, blindWrite(s.LockPath(), data))
}

func blindWrite(lock string, data []byte) error {
	temp := fmt.Sprintf("%s.%d.tmp", lock, os.Getpid())
	if err := os.WriteFile(temp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(temp, lock)
}

// forceUnlock removes the lock with this token.
func forceUnlock(s *lockcore.Store, token lockcore.Token, force bool) (lockcore.Backup, error) {
	return s.ForceUnlock(background, lockcore.Snapshot{Token: token}, lockcore.Memory{}, force)
}

// removeLock writes a lock and removes it, which leaves a backup.
func removeLock(t testing.TB, s *lockcore.Store, data []byte) lockcore.Backup {
	t.Helper()
	write(t, s, data)
	backup, err := forceUnlock(s, lockcore.TokenOf(data), false)
	noError(t, err)
	return backup
}

// restore puts the newest backup back.
func restore(s *lockcore.Store) (lockcore.Backup, error) {
	return s.Restore(background, lockcore.Backup{}, lockcore.Memory{})
}

// acquire takes the store, without force, after a single look.
func acquire(s *lockcore.Store) (*lockcore.Lock, error) {
	return s.Acquire(background, s.Look(lockcore.Memory{}, nil), lockcore.Memory{}, false)
}

func mustAcquire(t testing.TB, s *lockcore.Store) *lockcore.Lock {
	t.Helper()
	l, err := acquire(s)
	noError(t, err)
	return l
}

// setAside moves all conflict copies to the backups.
func setAside(s *lockcore.Store) ([]lockcore.Backup, error) {
	return s.SetAside(background, s.Look(lockcore.Memory{}, nil), lockcore.Memory{})
}

// put writes a file that only its owner may read.
func put(t testing.TB, path string, data []byte) {
	t.Helper()
	noError(t, os.WriteFile(path, data, 0o600))
}

var background = context.Background()

// mustRead returns the lock's content, nil if there is none.
func mustRead(t testing.TB, s *lockcore.Store) []byte {
	t.Helper()
	data, err := os.ReadFile(s.LockPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return data
}

// tidy checks that no temporary file is left in the store or beside it.
func tidy(t testing.TB, s *lockcore.Store) {
	t.Helper()
	for path := range treeOf(t, s) {
		if name := filepath.Base(path); strings.HasSuffix(name, ".tmp") {
			t.Errorf("%s is left over", path)
		}
	}
}

// treeOf returns the content of every file in the store and beside it, where newStore puts the state directory.
func treeOf(t testing.TB, s *lockcore.Store) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(filepath.Dir(s.Dir()), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		tree[path] = string(data)
		return err
	})
	testfs.Check(t, err)
	return tree
}

// wantPrivate checks that the file has these bytes and, where modes exist, mode 0600. A backup's directories must have mode 0700.
func wantPrivate(t *testing.T, path string, data []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%s: %q, %v; want %q", path, got, err, data)
	}
	wantMode(t, path, 0o600)
	if !strings.HasSuffix(path, "/"+lockcore.LockName) {
		wantMode(t, filepath.Dir(path), 0o700|fs.ModeDir)
		wantMode(t, filepath.Dir(filepath.Dir(path)), 0o700|fs.ModeDir)
	}
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	if !testfs.Has(t, testfs.Modes) {
		return
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Error(err)
	} else if info.Mode() != want {
		t.Errorf("%s: %v; want %v", path, info.Mode(), want)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	noError(t, os.Rename(from, to))
}

// once calls f at the first step of that name.
func once(name string, f func()) func(string) {
	done := false
	return func(step string) {
		if step == name && !done {
			done = true
			f()
		}
	}
}

// backups returns the contents of all backups of a store.
func backups(t testing.TB, s *lockcore.Store) (all []string) {
	for path, data := range treeOf(t, s) {
		if strings.Contains(path, "/backups/") {
			all = append(all, data)
		}
	}
	return all
}
