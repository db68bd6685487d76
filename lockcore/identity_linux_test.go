package lockcore_test

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/lockcore"
)

func TestMountedAt(t *testing.T) {
	const table = `22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
23 22 0:30 /@home /home rw - btrfs /dev/sdb rw
24 22 0:31 / /tmp rw - tmpfs tmpfs rw
25 22 0:30 /@home/u/with\040space /mnt/bind rw - btrfs /dev/sdb rw
26 22 8:1 /srv /mnt/srv rw - ext4 /dev/sda1 rw
27 22 0:99 / /home/over rw - tmpfs tmpfs rw
`
	for path, want := range map[string][]string{
		"/home/u/with space": {"/home/u/with space", "/mnt/bind"},
		"/mnt/bind":          {"/home/u/with space", "/mnt/bind"},
		"/mnt/bind/store":    {"/home/u/with space/store", "/mnt/bind/store"},
		"/mnt/srv/a":         {"/srv/a", "/mnt/srv/a"},
		"/srv":               {"/srv", "/mnt/srv"},
		"/tmp/x":             {"/tmp/x"},
		"/home/over/x":       {"/home/over/x"},
		"/home/u":            {"/home/u"},
	} {
		if got := lockcore.MountedAt(table, path); !slices.Equal(got, want) {
			t.Errorf("%s is at %q, want %q", path, got, want)
		}
	}
	if got := lockcore.MountedAt("nonsense\n\n1 2", "/x"); got != nil {
		t.Errorf("%q", got)
	}
}

// TestBindMount: a store that is mounted a second time is one store: what was removed by one path is put back by the other, and
// neither path leads a state directory past the check.
func TestBindMount(t *testing.T) {
	dir := t.TempDir()
	s, bound := openStore(t, dir+"/store", dir+"/state"), openStore(t, dir+"/bound", dir+"/state")
	mountHere(t, s.Dir(), bound.Dir(), "", unix.MS_BIND)
	if bound.Identity() != s.Identity() {
		t.Errorf("%s, not %s", bound.Identity(), s.Identity())
	}
	write(t, s, theirs.Encode())
	if _, err := forceUnlock(bound, lockcore.TokenOf(theirs.Encode()), false); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(s); err != nil {
		t.Error(err)
	}
	if !lockcore.Within(bound.Dir()+"/state", s.Dir()) {
		t.Error("a bind mount leads into the store")
	}
}

// TestBackupsOfABindMount: what an earlier version kept for a bind mount is this store's too.
func TestBackupsOfABindMount(t *testing.T) {
	dir := t.TempDir()
	bound := openStore(t, dir+"/bound", dir+"/state")
	write(t, bound, theirs.Encode())
	if _, err := forceUnlock(bound, lockcore.TokenOf(theirs.Encode()), false); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, dir+"/store", dir+"/state")
	mountHere(t, s.Dir(), bound.Dir(), "", unix.MS_BIND)
	if _, err := restore(bound); err != nil {
		t.Error(err)
	}
}

func mountHere(t *testing.T, source, dir, kind string, flags uintptr) {
	t.Helper()
	if err := unix.Mount(source, dir, kind, flags, ""); err != nil {
		skipUnlessMighty(t, "no mounts: "+err.Error())
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
}
