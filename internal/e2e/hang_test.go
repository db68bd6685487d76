//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"lockbar/icons"
	"lockbar/internal/testfs"
)

// deadMount returns a directory on which every call hangs until the test ends: a FUSE file system without a server.
func deadMount(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dead")
	testfs.Check(t, os.Mkdir(dir, 0o700))
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("needs /dev/fuse: %v", err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	options := fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0", fd)
	if err := unix.Mount("dead", dir, "fuse", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
		t.Skipf("needs to mount: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_FORCE|unix.MNT_DETACH) })
	return dir
}

// TestDeadSettings tests that the app shows its icon, follows the lock and sends messages while the config file and the entry of Start at
// Login are on a mount that hangs, and that the menu says that the settings cannot be read.
func TestDeadSettings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-air")
	d.env = []string{"XDG_CONFIG_HOME=" + deadMount(t)}
	d.start("--store", d.store.dir).waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini")
	d.waitNote("Store taken over by mac-mini")
	d.store.write(t, []byte("not a lock"))
	d.waitIcon(icons.Corrupt)
	d.waitNote("The lock is corrupt")
	d.waitLine("Settings cannot be read now")
}
