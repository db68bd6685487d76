//go:build unix

package lockcore_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// playReadOnly inspects the stores args[1:], or does the operation args[0] in the store args[1] with the state directory args[2]. It prints
// the result.
func playReadOnly(args []string) {
	if args[0] == "inspect" {
		printStates(args[1:])
		return
	}
	err := operate(mustOpen(args[1], args[2]), args[0], nil)
	fmt.Println(errors.Is(err, fs.ErrPermission), err)
}

func printStates(stores []string) {
	for _, dir := range stores {
		now := inspect(mustOpen(dir, ""))
		fmt.Println(strings.TrimSpace(fmt.Sprint(now.State, " ", now.Reason)))
	}
}

// playFileless inspects stores while this process may open no more files.
func playFileless(stores []string) {
	inspect(mustOpen(stores[0], "")) // the runtime opens files of its own when it first needs them
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 3, Max: 3}); err != nil {
		panic(err)
	}
	printStates(stores)
}

// TestNoFreeDescriptors checks that a process without free descriptors reports that, rather than a problem of the store.
func TestNoFreeDescriptors(t *testing.T) {
	free, held := newStore(t), newStore(t)
	write(t, held, theirs.Encode())
	const want = "unknown too-many-files"
	if got := startCommand(t, command("fileless", free.Dir(), held.Dir())).rest(); !slices.Equal(got, []string{want, want}) {
		t.Errorf("without and with a lock: %q", got)
	}
}

// TestReadOnlyStore checks that a change reports the missing permission, and leaves the store as it was.
func TestReadOnlyStore(t *testing.T) {
	for _, c := range []struct {
		name  string
		guard bool // the guard exists
	}{
		{"unlock", false}, {"unlock", true}, {"acquire", true}, {"restore", true}, {"copies", true},
	} {
		t.Run(fmt.Sprintf("%s, guard %v", c.name, c.guard), func(t *testing.T) {
			s := publicStore(t)
			state := filepath.Join(filepath.Dir(s.Dir()), "state")
			prepareReadOnly(t, s, c.name, c.guard)
			makePublic(t, filepath.Dir(s.Dir()))
			chmod(t, s.Dir(), 0o555)
			before := readAll(s.Dir())
			answer := startCommand(t, asNobody(command("readonly", c.name, s.Dir(), state))).rest()[0]
			if !strings.HasPrefix(answer, "true ") || !strings.Contains(answer, s.Dir()) {
				t.Errorf("not a permission error that names the store: %s", answer)
			}
			if after := readAll(s.Dir()); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("the store was %q and is %q", before, after)
			}
			if _, ok := s.LastBackup(); ok && c.name != "restore" {
				t.Error("a backup reports a change that did not happen")
			}
		})
	}
}

func prepareReadOnly(t *testing.T, s *lockcore.Store, name string, guard bool) {
	write(t, s, before)
	if name == "restore" {
		removeLock(t, s, before)
	}
	if name == "copies" {
		noError(t, os.WriteFile(s.LockPath()+" 2", theirs.Encode(), 0o644))
	}
	path := s.LockPath() + ".guard"
	_ = os.Remove(path)
	if guard {
		noError(t, os.WriteFile(path, nil, 0o666))
	}
}

// makePublic makes a state directory in dir, and lets everybody read and write everything below dir.
func makePublic(t *testing.T, dir string) {
	state := filepath.Join(dir, "state")
	noError(t, os.MkdirAll(state, 0o777))
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return os.Chmod(path, map[bool]fs.FileMode{true: 0o777, false: 0o666}[d.IsDir()])
	})
	testfs.Check(t, err)
}

// TestSweepLeavesStrangersAlone checks that only leftovers with names of our own are removed.
func TestSweepLeavesStrangersAlone(t *testing.T) {
	s := newStore(t)
	names := []string{".locked.abc123.tmp", ".syncthing..locked.tmp", ".locked.unlock-x", "x.locked.unlock-x.tmp", ".locked.lockbar-1.tmp.bak", "data.tmp"}
	for _, name := range names {
		put(t, filepath.Join(s.Dir(), name), []byte("x"))
	}
	noError(t, errOf(setAside(s)))
	for _, name := range names {
		if data, err := os.ReadFile(filepath.Join(s.Dir(), name)); err != nil || !bytes.Equal(data, []byte("x")) {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}

// TestCopiesInAStoreThatCannotBeListed checks that SetAside returns an error if it cannot list the store.
func TestCopiesInAStoreThatCannotBeListed(t *testing.T) {
	s := publicStore(t)
	prepareReadOnly(t, s, "copies", true)
	makePublic(t, filepath.Dir(s.Dir()))
	chmod(t, s.Dir(), 0o333)
	answer := startCommand(t, asNobody(command("readonly", "copies", s.Dir(), ""))).rest()[0]
	if !strings.HasPrefix(answer, "true ") || !strings.Contains(answer, s.Dir()) {
		t.Errorf("not a permission error that names the store: %s", answer)
	}
}

// TestNewestBackupCannotBeRead checks that no older backup is restored if the newest one cannot be read.
func TestNewestBackupCannotBeRead(t *testing.T) {
	s := newStore(t)
	var newest lockcore.Backup
	for _, r := range []lockcore.Record{theirs, theirsNew} {
		newest = removeLock(t, s, r.Encode())
	}
	noError(t, errors.Join(os.Remove(newest.Path), os.Mkdir(newest.Path, 0o700))) // root may read any file
	if c, err := restore(s); err == nil || errors.Is(err, lockcore.ErrNoBackup) || !strings.Contains(err.Error(), newest.Path) {
		t.Errorf("got %+v, %v", c, err)
	}
	if got := mustRead(t, s); got != nil {
		t.Errorf("the lock is %q", got)
	}
	if last, ok := s.LastBackup(); ok {
		t.Errorf("the last change is %+v", last)
	}
}

// TestStateDirectoryThatDoesNotAnswer checks that a hanging state directory prevents no look, and that a change that needs a backup fails
// with an error that names the state directory.
func TestStateDirectoryThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	write(t, s, theirs.Encode())
	held := newStore(t)
	lock := mustAcquire(t, held)
	held.BlockState()
	release := s.BlockState()
	if c, ok := s.LastBackup(); ok {
		t.Errorf("the last change is %+v", c)
	}
	wantState(t, "a look", inspect(s), lockcore.HeldElsewhere, "")
	if _, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false); err == nil || !strings.Contains(err.Error(), "state directory") {
		t.Errorf("unlock: %v", err)
	}
	if got := mustRead(t, s); !bytes.Equal(got, theirs.Encode()) {
		t.Errorf("the lock is %q", got)
	}
	if err := lock.Release(background); err != nil {
		t.Errorf("release, which needs no backup: %v", err)
	}
	release()
	if _, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false); err != nil {
		t.Error(err)
	}
}

// TestStageOfAnotherStateDirectory checks that the lock that an interrupted takeover wrote gets into the backups, even if a process
// without a state directory sweeps first.
func TestStageOfAnotherStateDirectory(t *testing.T) {
	s := newStore(t)
	ours := of(host, deadPID).Encode()
	write(t, s, ours)
	digest := strings.TrimPrefix(string(lockcore.TokenOf(ours)), "sha256:")[:16]
	put(t, s.LockPath()+".takeover-"+digest+".tmp", theirs.Encode())
	sweep := func(state string) {
		t.Helper()
		noError(t, errOf(setAside(openStore(t, s.Dir(), state))))
	}
	sweep("") // no place for backups
	if tree := treeOf(t, s); !holds(tree, ours) || !holds(tree, theirs.Encode()) {
		t.Errorf("there is %q", tree)
	}
	state := filepath.Join(t.TempDir(), "state")
	sweep(state)
	kept, err := filepath.Glob(filepath.Join(state, "backups", "*", "*-copy.locked"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("backups %q, %v", kept, err)
	}
	wantPrivate(t, kept[0], ours)
	if got := mustRead(t, s); !bytes.Equal(got, theirs.Encode()) {
		t.Errorf("the lock is %q", got)
	}
	tidy(t, s)
}
