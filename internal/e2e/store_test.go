//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// store is the directory of a store. The methods use its lock as daemons do.
type store struct{ dir string }

func (s store) lock() string { return filepath.Join(s.dir, ".locked") }

func (s store) make(t testing.TB) {
	t.Helper()
	testfs.Check(t, os.MkdirAll(s.dir, 0o700))
}

// record returns a lock as the Python daemon would write it now.
func record(pid int, host string) []byte {
	return recordAt(pid, host, time.Now().UTC().Format("2006-01-02T15:04:05.000000+00:00"))
}

// recordAt returns a lock with this started_at. It does not use the program's own
// writer, which these tests should not trust.
func recordAt(pid int, host, started string) []byte {
	const layout = "{\n  \"pid\": %d,\n  \"hostname\": %s,\n  \"started_at\": %q,\n  \"schema_version\": 1\n}"
	name, err := json.Marshal(host)
	if err != nil {
		panic(err) // cannot happen: every string has a JSON form
	}
	return fmt.Appendf(nil, layout, pid, name, started)
}

// foreignPID is the PID of a daemon on another machine.
const foreignPID = 4242

// write replaces the lock with a rename, as sync programs and the daemons of 0.3
// and 0.4 do, and returns the new lock.
func (s store) write(t testing.TB, lock []byte) []byte {
	t.Helper()
	testfs.Check(t, os.Rename(s.stage(t, lock), s.lock()))
	return lock
}

// stage writes a lock into a temporary file in the store, and returns its path.
func (s store) stage(t testing.TB, lock []byte) string {
	t.Helper()
	s.make(t)
	file, err := os.CreateTemp(s.dir, ".locked.*.tmp") // its mode is 0600
	testfs.Check(t, err)
	_, err = file.Write(lock)
	testfs.Check(t, errors.Join(err, file.Close()))
	return file.Name()
}

// takeOver replaces the lock with that of another host's daemon, and returns the new lock.
func (s store) takeOver(t testing.TB, by string) []byte {
	t.Helper()
	return s.write(t, record(foreignPID, by))
}

// has fails the test unless this lock exists, readable only by its owner.
func (s store) has(t testing.TB, want []byte) {
	t.Helper()
	got, err := os.ReadFile(s.lock())
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("the lock is %q (%v), want %q", got, err, want)
	}
	if info, err := os.Stat(s.lock()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the lock's mode is %v (%v)", info.Mode(), err)
	}
}

// free fails the test if there is a lock.
func (s store) free(t testing.TB) {
	t.Helper()
	if data, err := os.ReadFile(s.lock()); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("there is a lock: %q (%v)", data, err)
	}
}

// heldBy returns an error unless the lock names the process with this PID.
func (s store) heldBy(pid int) error {
	data, err := os.ReadFile(s.lock())
	if err == nil && !bytes.Contains(data, fmt.Appendf(nil, "\"pid\": %d,", pid)) {
		err = fmt.Errorf("process %d did not take the lock, which is %q", pid, data)
	}
	return err
}

// write writes a file and makes its directory.
func write(t testing.TB, path, text string) {
	t.Helper()
	testfs.Check(t, errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)))
}

// writeScript writes an executable file. No process is forked meanwhile: a child would inherit the open file, and executing the script
// would fail with ETXTBSY.
func writeScript(t testing.TB, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	write(t, path, text)
	testfs.Check(t, os.Chmod(path, 0o700))
}

// backups returns the paths of the files below the state directory with this content.
func backups(t testing.TB, home *testdesk.Home, want []byte) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(home.State(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if data, err := os.ReadFile(path); err == nil && bytes.Equal(data, want) {
			paths = append(paths, path)
		}
		return nil
	})
	testfs.Check(t, err)
	return paths
}

// deadPID returns the PID of a process that has ended.
func deadPID(t testing.TB) int {
	t.Helper()
	cmd := exec.Command("true")
	testfs.Check(t, cmd.Run())
	return cmd.Process.Pid
}
