//go:build linux

package watch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockbar/lockcore"
)

const (
	// never is a poll that no test lives to see: what is reported was told by a hint.
	never = time.Hour
	// patience is how long a test waits for what must come. It bounds a failure, not a success.
	patience = time.Minute

	here, there = "mac-a", "mac-b"
)

// session is a running watch of some stores.
type session struct {
	t       *testing.T
	changes chan Change
	healths chan healthOf
	stop    func()
}

type healthOf struct {
	store int
	Health
}

// watchDirs watches directories that need not exist. change may put other parts into the system.
func watchDirs(t *testing.T, poll time.Duration, change func(*system), dirs ...string) *session {
	t.Helper()
	var list []store
	for _, dir := range dirs {
		list = append(list, open(t, dir))
	}
	return watchStores(t, poll, change, list...)
}

func watchStores(t *testing.T, poll time.Duration, change func(*system), list ...store) *session {
	t.Helper()
	sys := realSystem()
	if change != nil {
		change(&sys)
	}
	s := &session{t: t, changes: make(chan Change, 1000), healths: make(chan healthOf, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	config := Config{Poll: poll, Emit: func(c Change) { s.changes <- c }, Health: func(i int, h Health) {
		s.healths <- healthOf{i, h}
	}}
	go func() {
		defer close(done)
		run(ctx, config, list, sys)
	}()
	s.stop = func() { cancel(); <-done }
	t.Cleanup(s.stop)
	return s
}

func open(t *testing.T, dir string) *lockcore.Store {
	t.Helper()
	s, err := lockcore.Open(dir, lockcore.Options{Hostname: here, StateDir: t.TempDir()})
	ok(t, err)
	return s
}

// until takes changes until one has this state and reason, and gives it.
func (s *session) until(state lockcore.State, reason lockcore.Reason) Change {
	s.t.Helper()
	return s.await(state.String()+" "+string(reason), func(c Change) bool { return c.To.State == state && c.To.Reason == reason })
}

// holder takes changes until the lock names this process.
func (s *session) holder(pid int) Change {
	s.t.Helper()
	return s.await("another holder", func(c Change) bool { return c.To.Record.PID == pid })
}

// each takes changes until there was such a one of each of n stores.
func (s *session) each(n int, is func(Change) bool) {
	s.t.Helper()
	seen := map[int]bool{}
	s.await("a change of each store", func(c Change) bool {
		if is(c) {
			seen[c.Store] = true
		}
		return len(seen) == n
	})
}

func (s *session) await(what string, is func(Change) bool) Change {
	s.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	var seen []string
	for {
		select {
		case c := <-s.changes:
			if is(c) {
				return c
			}
			seen = append(seen, string(c.Event)+"/"+c.To.State.String()+"/"+string(c.To.Reason)+" "+c.To.Problem)
		case <-late.C:
			s.t.Fatalf("waited for %s; saw %q", what, seen)
		}
	}
}

func (s *session) health(is func(Health) bool) Health {
	s.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		select {
		case h := <-s.healths:
			if is(h.Health) {
				return h.Health
			}
		case <-late.C:
			s.t.Fatal("waited for the health of the store")
		}
	}
}

func seeing(h Health) bool { return h.Events }
func blind(h Health) bool  { return !h.Events }

// put writes a lock as the daemon does: temp file and rename.
func put(t testing.TB, dir string, pid int, host string) lockcore.Record {
	t.Helper()
	r := lockcore.Record{PID: pid, Hostname: host, StartedAt: lockcore.Timestamp(time.Now()), SchemaVersion: lockcore.SchemaVersion}
	replace(t, filepath.Join(dir, lockcore.LockName), r.Encode())
	return r
}

func replace(t testing.TB, path string, data []byte) {
	t.Helper()
	temp := path + ".test.tmp"
	ok(t, os.WriteFile(temp, data, 0o600))
	ok(t, os.Rename(temp, path))
}

func mkdir(t testing.TB, path ...string) string {
	t.Helper()
	dir := filepath.Join(path...)
	ok(t, os.MkdirAll(dir, 0o755))
	return dir
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sleeper is a real process that lives until it is ended.
func sleeper(t testing.TB) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("cat")
	_, err := cmd.StdinPipe() // with this process its input ends, and so does it
	ok(t, err)
	ok(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

// daemon is a sleeper that looks like a daemon of 3.x which serves a store.
func daemon(t testing.TB, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Args[0] = lockcore.TitleOf(dir)
	cmd.Env = append(os.Environ(), childVariable+"="+roleSleep)
	in, err := cmd.StdinPipe()
	ok(t, err)
	ok(t, cmd.Start())
	t.Cleanup(func() { in.Close(); cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

func end(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	ok(t, cmd.Process.Kill())
	cmd.Wait()
}

// counting is a store that counts the looks at it.
type counting struct {
	*lockcore.Store
	looks atomic.Int64
}

func (c *counting) Look(m lockcore.Memory) lockcore.Snapshot {
	c.looks.Add(1)
	return c.Store.Look(m)
}

// permitted fails the test if err is not nil, but skips it where the machine does not permit what was tried. In continuous
// integration it skips only what needs a capability that this user lacks (an ordinary one, root in a container).
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

// capable reports whether this process has a capability (capabilities(7)), and in the first user namespace: what a root of
// another one has is worth little outside of it.
func capable(t *testing.T, which int) bool {
	t.Helper()
	users, err := os.ReadFile("/proc/self/uid_map")
	ok(t, err)
	var both [2]unix.CapUserData
	ok(t, unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &both[0]))
	return strings.Join(strings.Fields(string(users)), " ") == "0 0 4294967295" && both[which/32].Effective&(1<<(which%32)) != 0
}

// descriptors lists what the open descriptors of this process lead to.
func descriptors(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	ok(t, err)
	var list []string
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			list = append(list, to)
		}
	}
	return list
}

func count(list []string, part string) (n int) {
	for _, s := range list {
		if strings.Contains(s, part) {
			n++
		}
	}
	return n
}

// settledAt waits until no more than n goroutines are left, or says which are.
func settledAt(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(patience); runtime.NumGoroutine() > n; runtime.Gosched() {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), n, stacks[:runtime.Stack(stacks, true)])
		}
	}
}
