//go:build unix

package lockcore_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/lockcore"
)

// playReadOnly does one operation and says how it ended.
func playReadOnly(args []string) {
	s := mustOpen(args[1], args[2])
	if args[0] == "inspect" {
		now := inspect(s)
		fmt.Println(strings.TrimSpace(fmt.Sprint(now.State, " ", now.Reason)))
		return
	}
	err := operate(s, args[0], nil)
	fmt.Println(errors.Is(err, fs.ErrPermission), err)
}

// TestReadOnlyStore: each change says that it may not, and the store is as it was.
func TestReadOnlyStore(t *testing.T) {
	for _, guard := range []bool{false, true} {
		for _, name := range []string{"unlock", "acquire", "restore", "copies"} {
			t.Run(fmt.Sprintf("%s, guard %v", name, guard), func(t *testing.T) {
				s := publicStore(t)
				state := filepath.Join(filepath.Dir(s.Dir()), "state")
				prepareReadOnly(t, s, name, guard)
				makePublic(t, filepath.Dir(s.Dir()))
				chmod(t, s.Dir(), 0o555)
				before := filesIn(t, s.Dir())
				said := startCommand(t, asNobody(command("readonly", name, s.Dir(), state))).rest()[0]
				if !strings.HasPrefix(said, "true ") || !strings.Contains(said, s.Dir()) {
					t.Errorf("it says %q", said)
				}
				if after := filesIn(t, s.Dir()); fmt.Sprint(after) != fmt.Sprint(before) {
					t.Errorf("%q became %q", before, after)
				}
				if _, ok := s.LastChange(); ok && name != "restore" {
					t.Error("a backup tells of a change that was none")
				}
			})
		}
	}
}

func prepareReadOnly(t *testing.T, s *lockcore.Store, name string, guard bool) {
	write(t, s, before)
	if name == "restore" {
		if _, err := s.ForceUnlock(background, lockcore.TokenOf(before), false); err != nil {
			t.Fatal(err)
		}
	}
	if name == "copies" {
		if err := os.WriteFile(s.LockPath()+" 2", []byte("copy"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := s.LockPath() + ".guard"
	_ = os.Remove(path)
	if guard {
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// makePublic lets everybody read and write all below dir.
func makePublic(t *testing.T, dir string) {
	state := filepath.Join(dir, "state")
	if err := os.MkdirAll(state, 0o777); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return os.Chmod(path, map[bool]fs.FileMode{true: 0o777, false: 0o666}[d.IsDir()])
	})
	if err != nil {
		t.Fatal(err)
	}
}

func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(data)
	}
	return files
}

// TestSweepLeavesStrangersAlone: only names of our own are cleared.
func TestSweepLeavesStrangersAlone(t *testing.T) {
	s := newStore(t)
	names := []string{".locked.abc123.tmp", ".syncthing..locked.tmp", ".locked.unlock-x", "x.locked.unlock-x.tmp", ".locked.lockbar-1.tmp.bak", "data.tmp"}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(s.Dir(), name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.SetAsideCopies(background); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if data, err := os.ReadFile(filepath.Join(s.Dir(), name)); err != nil || !bytes.Equal(data, []byte("x")) {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}
