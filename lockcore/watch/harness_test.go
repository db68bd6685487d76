//go:build unix

package watch

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"lockbar/lockcore"
)

const (
	// never is a poll interval longer than any test, so that no report is due to the poll, unless the store has a Health.Problem.
	never = time.Hour
	// patience bounds the wait for an event that must come. Only a failure waits that long.
	patience = time.Minute

	here, there = "mac-a", "mac-b"
)

// undisturbed keeps mounts and clock changes of parallel tests from causing looks. TestUnmountedAndMounted
// needs mounts, and undoes that part.
func undisturbed(s *system) {
	s.newAlarm = newTimerAlarm
	s.newMounts = noMounts
}

// lossless reports whether each change causes a hint. fsnotify's kqueue opens each file by its name: it reports neither a link that was
// retargeted nor a change of a file between open(2) and kevent(2). On macOS the dirWatcher finds most of those, the poll the others.
const lossless = runtime.GOOS == "linux"

// lossyPoll is the poll interval of tests that change links, or swap directories or locks in quick succession, which may send no event.
var lossyPoll = map[bool]time.Duration{true: never, false: time.Second}[lossless]

// A session is a running watch of some stores.
type session struct {
	t        *testing.T
	changes  chan Change
	healths  chan healthOf
	glimpses chan lockcore.State
	stop     func()
}

type healthOf struct {
	store int
	Health
}

// watchDirs watches directories that need not exist. change may replace parts of the system.
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
	undisturbed(&sys)
	if change != nil {
		change(&sys)
	}
	s := &session{t: t, changes: make(chan Change, 1000), healths: make(chan healthOf, 1000),
		glimpses: make(chan lockcore.State, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	config := Config{Poll: poll, Emit: func(c Change) { s.changes <- c }, Health: func(i int, h Health) {
		s.healths <- healthOf{i, h}
	}, Glimpse: s.glimpse}
	go func() {
		defer close(done)
		run(ctx, config, list, sys)
	}()
	s.stop = func() { cancel(); <-done }
	t.Cleanup(s.stop)
	return s
}

// glimpse keeps the glimpses that a test may read.
func (s *session) glimpse(_ int, state lockcore.State) {
	select {
	case s.glimpses <- state:
	default:
	}
}

func open(t *testing.T, dir string) *lockcore.Store {
	t.Helper()
	s, err := lockcore.Open(dir, lockcore.Options{Hostname: here, StateDir: t.TempDir()})
	ok(t, err)
	return s
}

// until receives changes until one has this state and reason, and returns it.
func (s *session) until(state lockcore.State, reason lockcore.Reason) Change {
	s.t.Helper()
	return s.await(state.String()+" "+string(reason), func(c Change) bool { return c.To.State == state && c.To.Reason == reason })
}

// holder receives changes until the lock names this process.
func (s *session) holder(pid int) Change {
	s.t.Helper()
	return s.await("another holder", func(c Change) bool { return c.To.Record.PID == pid })
}

// each receives changes until is(change) was true once for each of n stores.
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
			seen = append(seen, string(c.Event)+"/"+c.To.State.String()+"/"+string(c.To.Reason)+" "+c.To.Problem.Err)
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
			s.t.Fatal("the wanted health was not reported")
		}
	}
}

func seeing(h Health) bool { return h.Events }
func blind(h Health) bool  { return !h.Events }

// put writes a lock as a sync program does: temp file and rename.
func put(t testing.TB, dir string, pid int, host string) lockcore.Record {
	t.Helper()
	r := lockcore.NewRecord(pid, host, time.Now())
	replace(t, filepath.Join(dir, lockcore.LockName), r.Encode())
	return r
}

// foreign encodes a lock of another machine.
func foreign(pid int) []byte {
	return lockcore.NewRecord(pid, there, time.Now()).Encode()
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

// sleeper starts a real process that lives until the test ends it.
func sleeper(t testing.TB) *exec.Cmd {
	t.Helper()
	return started(t, exec.Command("cat"))
}

func end(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	ok(t, cmd.Process.Kill())
	cmd.Wait()
}

// daemon starts a sleeper that looks like a 3.x daemon of a store.
func daemon(t testing.TB, dir string) *exec.Cmd {
	t.Helper()
	cmd := command(roleSleep)
	cmd.Args[0] = lockcore.DaemonTitle + " store=" + dir
	return started(t, cmd)
}

// counting wraps a store and counts the looks at it.
type counting struct {
	*lockcore.Store
	looks atomic.Int64
}

func (c *counting) Look(m lockcore.Memory, first func(lockcore.State, lockcore.Token)) lockcore.Snapshot {
	c.looks.Add(1)
	return c.Store.Look(m, first)
}
