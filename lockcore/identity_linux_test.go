package lockcore_test

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// TestBindMount checks that a store and its bind mount count as one store: a lock that is removed by one path is restored by the other,
// and a directory below the bind mount counts as inside the store.
func TestBindMount(t *testing.T) {
	dir := t.TempDir()
	s, bound := openStore(t, dir+"/store", dir+"/state"), openStore(t, dir+"/bound", dir+"/state")
	mountHere(t, s.Dir(), bound.Dir(), "", unix.MS_BIND)
	if bound.Identity() != s.Identity() {
		t.Errorf("the bind mount has the identity %s, not %s", bound.Identity(), s.Identity())
	}
	write(t, s, theirs.Encode())
	noError(t, errOf(forceUnlock(bound, lockcore.TokenOf(theirs.Encode()), false)))
	if _, err := restore(s); err != nil {
		t.Error(err)
	}
	if !fsx.Within(bound.Dir()+"/state", s.Dir()) {
		t.Error("the bind mount hides that a directory is in the store")
	}
}

// TestBackupsOfABindMount checks that backups kept under a path also count as those of a store that is bind-mounted there later.
func TestBackupsOfABindMount(t *testing.T) {
	dir := t.TempDir()
	bound := openStore(t, dir+"/bound", dir+"/state")
	removeLock(t, bound, theirs.Encode())
	s := openStore(t, dir+"/store", dir+"/state")
	mountHere(t, s.Dir(), bound.Dir(), "", unix.MS_BIND)
	if last, ok := bound.LastBackup(); !ok || last.Kind != lockcore.BackupUnlock {
		t.Errorf("not found before the next change: %+v", last)
	}
	if _, err := restore(bound); err != nil {
		t.Error(err)
	}
}

// TestIdentityBelowABindMount checks that a store below a bind mount has the same identity by both paths, before and after it is created.
func TestIdentityBelowABindMount(t *testing.T) {
	dir := t.TempDir()
	a, b := dir+"/a", dir+"/b"
	noError(t, errors.Join(os.Mkdir(a, 0o700), os.Mkdir(b, 0o700)))
	mountHere(t, a, b, "", unix.MS_BIND)
	before := mustOpen(b+"/made/later", "").Identity()
	if after := openStore(t, b+"/made/later", "").Identity(); before != after || after != mustOpen(a+"/made/later", "").Identity() {
		t.Errorf("the identity was %s, then %s", before, after)
	}
}

// TestIdentityThatIsUnmounted unmounts a file system but not a bind mount of a part of it. It checks that a backup made through that
// bind mount is found through another one.
func TestIdentityThatIsUnmounted(t *testing.T) {
	dir := t.TempDir()
	whole, home := dir+"/whole", dir+"/home"
	noError(t, errors.Join(os.Mkdir(whole, 0o700), os.Mkdir(home, 0o700)))
	mountHere(t, "tmpfs", whole, "tmpfs", 0)
	openStore(t, whole+"/home/store", dir+"/state")
	mountHere(t, whole+"/home", home, "", unix.MS_BIND)
	noError(t, unix.Unmount(whole, unix.MNT_DETACH))
	bound := mustOpen(home+"/store", dir+"/state")
	removeLock(t, bound, theirs.Encode())
	mountHere(t, home, whole, "", unix.MS_BIND)
	if _, err := restore(mustOpen(whole+"/store", dir+"/state")); err != nil {
		t.Error(err)
	}
}

func mountHere(t *testing.T, source, dir, kind string, flags uintptr) {
	t.Helper()
	if err := unix.Mount(source, dir, kind, flags, ""); err != nil {
		skipUnlessPrivileged(t, "no mounts: "+err.Error())
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
}
