package watch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockbar/lockcore"
)

// fuse serves a file system (<linux/fuse.h>, protocol 7.31) with one file (the lock) and one directory (subName), in which a lookup finds the
// same two. The lock changes without the kernel's knowledge, as on a network mount, so no event reports it.
type fuse struct {
	dev  *os.File
	lock atomic.Pointer[[]byte]
	gate chan bool // shut while it holds a value: then no request is answered
	over chan bool // closed at the end, when the gate may still be shut

	ignored atomic.Uint32 // the operation whose requests are never answered
	last    atomic.Uint32 // the operation whose first answer shuts the gate
}

const (
	fuseRoot, fuseLock, fuseSub = 1, 2, 3 // node numbers

	opLookup, opForget, opGetattr, opOpen, opRead, opStatfs, opRelease, opFlush = 1, 2, 3, 14, 15, 17, 18, 25
	opInit, opOpendir, opReaddir, opReleasedir, opInterrupt, opBatchForget      = 26, 27, 28, 29, 36, 42
)

// subName is the name of the directory.
const subName = "sub"

type fuseHeader struct {
	Len, Op       uint32
	Unique, Node  uint64
	UID, GID, PID uint32
	_             uint32
}

type fuseAttr struct {
	Ino, Size, Blocks, Atime, Mtime, Ctime      uint64
	Atimens, Mtimens, Ctimens                   uint32
	Mode, Nlink, UID, GID, Rdev, Blksize, Flags uint32
}

func mountFuse(t *testing.T, dir string, lock []byte) *fuse {
	t.Helper()
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("needs /dev/fuse: %v", err)
	}
	mount(t, "lockbar", dir, "fuse", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0", fd))
	dev := os.NewFile(uintptr(fd), "/dev/fuse") // after mount, since only then can fd be polled
	f := &fuse{dev: dev, gate: make(chan bool, 1), over: make(chan bool)}
	f.lock.Store(&lock)
	done := make(chan bool)
	go func() { defer close(done); f.serve() }()
	t.Cleanup(func() {
		// MNT_FORCE aborts all requests. Closing dev does not: a child between fork and exec holds a copy of it, and its exec may be
		// blocked closing a file of this mount.
		unix.Unmount(dir, unix.MNT_FORCE|unix.MNT_DETACH)
		dev.Close()
		close(f.over)
		<-done
	})
	return f
}

func (f *fuse) serve() {
	request := make([]byte, 1<<17)
	for {
		n, err := f.dev.Read(request)
		if err != nil {
			return // unmounted
		}
		var h fuseHeader
		size, _ := binary.Decode(request[:n], binary.NativeEndian, &h)
		select {
		case f.gate <- true:
			<-f.gate
		case <-f.over:
			return
		}
		code, body := f.answer(h, request[size:n])
		if h.Op == opForget || h.Op == opBatchForget || h.Op == opInterrupt || h.Op == f.ignored.Load() {
			continue
		}
		var reply bytes.Buffer
		binary.Write(&reply, binary.NativeEndian, struct {
			Len    uint32
			Error  int32
			Unique uint64
		}{uint32(16 + binary.Size(body)), -int32(code), h.Unique})
		binary.Write(&reply, binary.NativeEndian, body)
		f.dev.Write(reply.Bytes())
		if h.Op == f.last.Load() {
			f.gate <- true
		}
	}
}

func (f *fuse) answer(h fuseHeader, in []byte) (unix.Errno, any) {
	nothing := []byte{}
	switch h.Op {
	case opInit:
		return 0, struct {
			Major, Minor, Readahead, Flags uint32
			Background, Congestion         uint16
			MaxWrite, Gran                 uint32
			_                              [9]uint32
		}{Major: 7, Minor: 31, MaxWrite: 4096, Gran: 1}
	case opLookup:
		node := map[string]uint64{lockcore.LockName: fuseLock, subName: fuseSub}[string(bytes.TrimRight(in, "\x00"))]
		if node == 0 {
			return unix.ENOENT, nothing
		}
		return 0, struct {
			Node uint64
			_    [4]uint64 // generation, and how long all this is valid: not at all
			Attr fuseAttr
		}{Node: node, Attr: f.attr(node)}
	case opGetattr:
		return 0, struct {
			_    [2]uint64
			Attr fuseAttr
		}{Attr: f.attr(h.Node)}
	case opStatfs:
		return 0, [10]uint64{}
	case opOpen, opOpendir:
		const directIO = 1
		return 0, [2]uint64{0, directIO}
	case opRead:
		lock := *f.lock.Load()
		return 0, lock[min(binary.NativeEndian.Uint64(in[8:]), uint64(len(lock))):]
	case opReaddir, opRelease, opReleasedir, opFlush:
		return 0, nothing
	}
	return unix.ENOSYS, nothing
}

func (f *fuse) attr(node uint64) fuseAttr {
	if node != fuseLock {
		return fuseAttr{Ino: node, Mode: unix.S_IFDIR | 0o700, Nlink: 2}
	}
	return fuseAttr{Ino: node, Mode: unix.S_IFREG | 0o600, Nlink: 1, Size: uint64(len(*f.lock.Load()))}
}

// TestRealRemoteFileSystem uses a file system without events. It checks that the poll finds changes, that the health says so, and that a
// store on another file system is not delayed when this one hangs.
func TestRealRemoteFileSystem(t *testing.T) {
	t.Parallel()
	dir, other := mkdir(t, t.TempDir(), "remote"), t.TempDir()
	remote := mountFuse(t, dir, foreign(1))
	s := watchDirs(t, 200*time.Millisecond, nil, dir, other)
	s.holder(1)
	if h := s.health(blind); h.Interval != 200*time.Millisecond || h.Problem == "" {
		t.Errorf("health %+v", h)
	}
	lock := foreign(2)
	remote.lock.Store(&lock)
	s.holder(2)
	remote.gate <- true // the server is gone
	s.until(lockcore.Unknown, lockcore.Timeout)
	put(t, other, 3, there)
	s.holder(3)
	lock = foreign(4)
	remote.lock.Store(&lock)
	<-remote.gate // and back
	s.holder(4)
}

// TestWatchingHangs makes inotify_add_watch(2) block, and with it fsnotify's other calls. It checks that a store on another file system is
// then polled, and that the health says why. The server stops answering once the way to the store is known.
func TestWatchingHangs(t *testing.T) {
	t.Parallel()
	dir, other := mkdir(t, t.TempDir(), "remote"), t.TempDir()
	remote := mountFuse(t, dir, foreign(1))
	remote.last.Store(opStatfs)
	s := watchDirs(t, 300*time.Millisecond, nil, filepath.Join(dir, subName), other)
	s.health(func(h Health) bool { return strings.Contains(h.Problem, "does not answer") })
	put(t, other, 3, there)
	s.holder(3)
	s.stop()
}

// TestWalkHangs checks that if a walk hangs, but the lock can be read, the store is polled, and its health reports the hang.
func TestWalkHangs(t *testing.T) {
	t.Parallel()
	dir := mkdir(t, t.TempDir(), "remote")
	remote := mountFuse(t, dir, foreign(1))
	remote.ignored.Store(opStatfs)
	s := watchDirs(t, 100*time.Millisecond, nil, dir)
	s.holder(1)
	if h := s.health(blind); h.Interval != 100*time.Millisecond || !strings.Contains(h.Problem, "do not answer") {
		t.Errorf("health %+v", h)
	}
	for pid := 2; pid < 5; pid++ {
		lock := foreign(pid)
		remote.lock.Store(&lock)
		if c := s.await("a change", every); c.To.Record.PID != pid {
			t.Errorf("%s, %s, lock of PID %d; want that of PID %d", c.To.State, c.To.Reason, c.To.Record.PID, pid)
		}
	}
}

// TestBackupsHang checks that a hanging state directory does not make the store unreadable.
func TestBackupsHang(t *testing.T) {
	t.Parallel()
	dir, state := t.TempDir(), mkdir(t, t.TempDir(), "state")
	remote := mountFuse(t, state, nil)
	store, err := lockcore.Open(dir, lockcore.Options{Hostname: here, StateDir: state})
	ok(t, err)
	s := watchStores(t, lossyPoll, nil, store)
	s.until(lockcore.Unlocked, "")
	s.health(seeing)
	remote.gate <- true
	for pid := 1; pid < 4; pid++ {
		put(t, dir, pid, there)
		if c := s.await("a change", every); c.To.Record.PID != pid {
			t.Errorf("%s, %s, lock of PID %d; want that of PID %d", c.To.State, c.To.Reason, c.To.Record.PID, pid)
		}
	}
	<-remote.gate
}

func every(Change) bool { return true }
