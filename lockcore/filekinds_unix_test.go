//go:build unix

package lockcore_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// fileKinds lists the kinds of file that the lock or the store can be.
var fileKinds = []struct {
	name   string
	make   func(t *testing.T, s *lockcore.Store) error
	state  lockcore.State
	reason lockcore.Reason
}{
	{"nothing", func(*testing.T, *lockcore.Store) error { return nil }, lockcore.Unlocked, ""},
	{"empty file", content(""), lockcore.Corrupt, lockcore.NotJSON},
	{"empty object", content("{}"), lockcore.Corrupt, lockcore.BadField},
	{"64 KiB", blanks(lockcore.MaxSize), lockcore.Corrupt, lockcore.NotJSON},
	{"above 64 KiB", blanks(lockcore.MaxSize + 1), lockcore.Unknown, lockcore.TooLarge},
	{"64 KiB lock", func(t *testing.T, s *lockcore.Store) error {
		return os.WriteFile(s.LockPath(), padded(theirs, lockcore.MaxSize), 0o600)
	}, lockcore.HeldElsewhere, ""},
	{"a terabyte", func(t *testing.T, s *lockcore.Store) error {
		f, err := os.Create(s.LockPath())
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Truncate(1 << 40)
	}, lockcore.Unknown, lockcore.TooLarge},
	{"directory", func(t *testing.T, s *lockcore.Store) error { return os.Mkdir(s.LockPath(), 0o700) }, lockcore.Unknown, lockcore.NotARegularFile},
	{"pipe", func(t *testing.T, s *lockcore.Store) error { return syscall.Mkfifo(s.LockPath(), 0o600) }, lockcore.Unknown, lockcore.NotARegularFile},
	{"socket", func(t *testing.T, s *lockcore.Store) error {
		// The path of a socket has at most 107 bytes on Linux and 103 on macOS, so the name is relative.
		t.Chdir(s.Dir())
		l, err := net.Listen("unix", lockcore.LockName)
		if err == nil {
			t.Cleanup(func() { l.Close() })
		}
		return err
	}, lockcore.Unknown, lockcore.NotARegularFile},
	{"device", link("/dev/zero"), lockcore.Unknown, lockcore.NotARegularFile},
	{"link to a terminal", link("/dev/tty"), lockcore.Unknown, lockcore.NotARegularFile},
	{"dangling link", link("nowhere"), lockcore.Unknown, lockcore.NotARegularFile},
	{"link below a file", link("/dev/null/x"), lockcore.Unknown, lockcore.NotARegularFile},
	{"link to itself", link(lockcore.LockName), lockcore.Unknown, lockcore.NotARegularFile},
	{"link to a directory", link("/"), lockcore.Unknown, lockcore.NotARegularFile},
	{"link to a lock", func(t *testing.T, s *lockcore.Store) error {
		if err := os.WriteFile(filepath.Join(s.Dir(), "real"), theirs.Encode(), 0o600); err != nil {
			return err
		}
		return os.Symlink("real", s.LockPath())
	}, lockcore.HeldElsewhere, ""},
	{"link to a pipe", func(t *testing.T, s *lockcore.Store) error {
		if err := syscall.Mkfifo(filepath.Join(s.Dir(), "pipe"), 0o600); err != nil {
			return err
		}
		return os.Symlink("pipe", s.LockPath())
	}, lockcore.Unknown, lockcore.NotARegularFile},
	{"iCloud placeholder", placeholder, lockcore.Unknown, lockcore.NotDownloaded},
	{"placeholder beside a lock", func(t *testing.T, s *lockcore.Store) error {
		write(t, s, theirs.Encode())
		return placeholder(t, s)
	}, lockcore.HeldElsewhere, ""},
	{"no store", func(t *testing.T, s *lockcore.Store) error { return os.Remove(s.Dir()) }, lockcore.Unknown, lockcore.StoreMissing},
	{"store is a file", func(t *testing.T, s *lockcore.Store) error {
		_ = os.Remove(s.Dir())
		return os.WriteFile(s.Dir(), nil, 0o600)
	}, lockcore.Unknown, lockcore.NotADirectory},
	{"store is a pipe", func(t *testing.T, s *lockcore.Store) error {
		_ = os.Remove(s.Dir())
		return syscall.Mkfifo(s.Dir(), 0o600)
	}, lockcore.Unknown, lockcore.NotADirectory},
	{"store is a dangling link", func(t *testing.T, s *lockcore.Store) error {
		_ = os.Remove(s.Dir())
		return os.Symlink("nowhere", s.Dir())
	}, lockcore.Unknown, lockcore.StoreMissing},
	{"store is a link", func(t *testing.T, s *lockcore.Store) error {
		real := t.TempDir()
		_ = os.Remove(s.Dir())
		if err := os.WriteFile(filepath.Join(real, lockcore.LockName), theirs.Encode(), 0o600); err != nil {
			return err
		}
		return os.Symlink(real, s.Dir())
	}, lockcore.HeldElsewhere, ""},
}

// makeKind returns a store with one of fileKinds. It skips the test if the file system lacks that kind.
func makeKind(t *testing.T, name string, make func(*testing.T, *lockcore.Store) error) *lockcore.Store {
	t.Helper()
	testfs.Need(t, abilitiesOf(name)...)
	s := newStore(t)
	noError(t, make(t, s))
	return s
}

// abilitiesOf returns what the file system must support for the kind with this name.
func abilitiesOf(kind string) (all []testfs.Ability) {
	for word, a := range map[string]testfs.Ability{
		"link": testfs.Symlinks, "device": testfs.Symlinks, "pipe": testfs.Pipes, "socket": testfs.Sockets, "terabyte": testfs.Holes,
	} {
		if strings.Contains(kind, word) {
			all = append(all, a)
		}
	}
	return all
}

func content(text string) func(*testing.T, *lockcore.Store) error {
	return func(t *testing.T, s *lockcore.Store) error { return os.WriteFile(s.LockPath(), []byte(text), 0o600) }
}

// blanks defers the creation of its text until the returned function is called: every child process of the tests initializes fileKinds.
func blanks(size int) func(*testing.T, *lockcore.Store) error {
	return func(t *testing.T, s *lockcore.Store) error { return content(strings.Repeat(" ", size))(t, s) }
}

func link(target string) func(*testing.T, *lockcore.Store) error {
	return func(t *testing.T, s *lockcore.Store) error { return os.Symlink(target, s.LockPath()) }
}

func placeholder(t *testing.T, s *lockcore.Store) error {
	return os.WriteFile(filepath.Join(s.Dir(), "..locked.icloud"), []byte("bplist00"), 0o600)
}

func TestInspectFileKinds(t *testing.T) {
	for _, c := range fileKinds {
		t.Run(c.name, func(t *testing.T) {
			s := makeKind(t, c.name, c.make)
			got := inspect(s)
			wantState(t, c.name, got, c.state, c.reason)
			real, _ := filepath.EvalSymlinks(s.Dir()) // on macOS temporary files are below /var, which is a link
			if c.name == "link to a lock" && got.LinkTarget != filepath.Join(real, "real") {
				t.Errorf("the target is %q", got.LinkTarget)
			}
			if got.State == lockcore.Unknown && got.Problem.Err == "" {
				t.Error("Problem is empty")
			}
		})
	}
}

// TestNotPermitted looks at stores as a user without permission, since no mode stops root.
func TestNotPermitted(t *testing.T) {
	rows := []struct {
		name      string
		dir, lock os.FileMode
		absent    bool
		want      string
	}{
		{"lock not readable", 0o755, 0o000, false, "unknown permission"},
		{"store not searchable", 0o000, 0o644, false, "unknown permission"},
		{"lock readable, store not listable", 0o111, 0o644, false, "held-elsewhere"},
		{"no lock, store not listable", 0o111, 0, true, "unknown permission"}, // the absence may only be apparent
	}
	var stores []*lockcore.Store
	for _, c := range rows {
		s := publicStore(t)
		if !c.absent {
			write(t, s, theirs.Encode())
			chmod(t, s.LockPath(), c.lock)
		}
		chmod(t, s.Dir(), c.dir)
		stores = append(stores, s)
	}
	for i, got := range seenByNobody(t, stores) {
		if got != rows[i].want {
			t.Errorf("%s: got %q, want %q", rows[i].name, got, rows[i].want)
		}
	}
}

// seenByNobody returns the states of stores that a user without permissions sees.
func seenByNobody(t *testing.T, stores []*lockcore.Store) []string {
	t.Helper()
	args := []string{"inspect"}
	for _, s := range stores {
		args = append(args, s.Dir())
	}
	return startCommand(t, asNobody(command("readonly", args...))).rest()
}

// publicStore returns a store that other users can reach. It is in /tmp because t.TempDir is private, and $TMPDIR may be.
func publicStore(t *testing.T) *lockcore.Store {
	dir, err := os.MkdirTemp("/tmp", "lockcore")
	noError(t, err)
	t.Cleanup(func() {
		_ = os.Chmod(filepath.Join(dir, "store"), 0o700)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	chmod(t, dir, 0o755)
	return openStore(t, filepath.Join(dir, "store"), filepath.Join(dir, "state"))
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	noError(t, os.Chmod(path, mode))
}

// TestLinkWhoseTargetGoes checks that a lock that is a link never counts as absent while its target is removed and created again and
// again.
func TestLinkWhoseTargetGoes(t *testing.T) {
	testfs.Need(t, testfs.Symlinks)
	s := newStore(t)
	target := filepath.Join(s.Dir(), "real")
	noError(t, os.Symlink("real", s.LockPath()))
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				_ = os.WriteFile(target, theirs.Encode(), 0o600)
				_ = os.Remove(target)
			}
		}
	}()
	for range testfs.Rounds(100, 2000) { // of 2000 looks, some tens find the link without its target
		if got := inspect(s); got.State == lockcore.Unlocked {
			t.Error("the link counts as no lock")
			break
		}
	}
	close(stop)
	<-stopped
}
