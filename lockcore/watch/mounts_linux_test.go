package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/unix"

	"lockbar/lockcore"
)

func TestUnmountedAndMounted(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir, other := mkdir(t, base, "disk"), mkdir(t, base, "other")
	put(t, dir, 1, there)
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) }) // if the test fails half-way
	s := watchDirs(t, never, func(sys *system) { sys.newMounts = newMounts }, dir)
	s.holder(1)
	for i := range 4 {
		if i%2 == 0 {
			mount(t, "lockbar", dir, "tmpfs", 0, "")
		} else {
			mount(t, other, dir, "", unix.MS_BIND, "")
		}
		s.until(lockcore.Unlocked, "")
		put(t, dir, 100+i, there)
		s.holder(100 + i)
		put(t, dir, 200+i, there)
		s.holder(200 + i)
		ok(t, os.Remove(filepath.Join(dir, lockcore.LockName)))
		s.until(lockcore.Unlocked, "")
		ok(t, unix.Unmount(dir, unix.MNT_DETACH))
		s.holder(1)
		put(t, dir, 2, there)
		s.holder(2)
		put(t, dir, 1, there)
		s.holder(1)
	}
}

// TestOneDirectoryMountedTwice mounts a directory at two places. inotify identifies it by its inode, and reports events only for the
// first name. Add accepts the second name without effect. That name must not count as new at each look, or each look would cause the next.
func TestOneDirectoryMountedTwice(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir, other := mkdir(t, base, "store"), mkdir(t, base, "other")
	mount(t, dir, other, "", unix.MS_BIND, "")
	t.Cleanup(func() { unix.Unmount(other, unix.MNT_DETACH) })
	h := hintsOf(t, 2, system{newWatcher: fsnotify.NewWatcher})
	var fresh []string
	for _, follow := range []struct {
		store int
		dir   string
	}{{0, other}, {1, dir}, {1, dir}} {
		h.follow(follow.store, h.find(follow.dir), time.Now())
		fresh, _ = h.accept(<-h.answers, time.Now())
	}
	if len(fresh) > 0 || h.errs[dir] != errTwice {
		t.Errorf("%q, %v", fresh, h.errs)
	}
	s := watchDirs(t, time.Second, nil, other, dir)
	s.health(func(h Health) bool { return h.Problem == errTwice.Error() })
	put(t, dir, 7, there)
	s.each(2, func(c Change) bool { return c.To.Record.PID == 7 })
}

// permitted fails the test if err is not nil, but skips it if the machine does not permit the call. In continuous integration it skips
// only if this user (an ordinary one, or root in a container) lacks the capability.
func permitted(t *testing.T, err error, capability int, name string) {
	t.Helper()
	if errors.Is(err, fs.ErrPermission) && (os.Getenv("CI") != "true" || !capable(t, capability)) {
		t.Skipf("needs %s: %v", name, err)
	}
	ok(t, err)
}

func mount(t *testing.T, source, dir, kind string, flags uintptr, data string) {
	t.Helper()
	permitted(t, unix.Mount(source, dir, kind, flags, data), unix.CAP_SYS_ADMIN, "CAP_SYS_ADMIN")
}

// capable reports whether this process has a capability (capabilities(7)) in the initial user namespace. A capability in another
// namespace is worth little outside it.
func capable(t *testing.T, which int) bool {
	t.Helper()
	users, err := os.ReadFile("/proc/self/uid_map")
	ok(t, err)
	var both [2]unix.CapUserData
	ok(t, unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &both[0]))
	return strings.Join(strings.Fields(string(users)), " ") == "0 0 4294967295" && both[which/32].Effective&(1<<(which%32)) != 0
}
