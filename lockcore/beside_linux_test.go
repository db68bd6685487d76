package lockcore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockbar/lockcore"
)

// wantProcesses checks which processes a look names besides the holder. A PID of 0 means none.
func wantProcesses(t *testing.T, name string, got lockcore.Snapshot, local, starting, opened int) {
	t.Helper()
	if got.LocalDaemon.PID != local || got.Starting.PID != starting || got.OpenedBy.PID != opened {
		t.Errorf("%s: local daemon %+v, starting %+v, opened by %+v; want %d, %d, %d",
			name, got.LocalDaemon, got.Starting, got.OpenedBy, local, starting, opened)
	}
}

// pastStart waits until a new change on disk has a time that is certainly later than the start of every running process.
func pastStart() { time.Sleep(50 * time.Millisecond) }

// besideRows lists processes that no lock names.
var besideRows = []struct {
	name string
	make func(t *testing.T, s twoStores) actor
	ours bool // certainly a daemon of this store
}{
	{"3.x", func(t *testing.T, s twoStores) actor { return exec3x(s.dir) }, true},
	{"setproctitle", func(t *testing.T, s twoStores) actor { return retitled(t, titleOf(s.dir)) }, true},
	{"3.x through a link", func(t *testing.T, s twoStores) actor { return exec3x(s.link(t, "link", s.dir)) }, true},
	{"python with our store", func(t *testing.T, s twoStores) actor { return python("IAI_MCP_STORE=" + s.dir) }, true},
	{"setproctitle, cut at our name", func(t *testing.T, s twoStores) actor { return cut(t, s.dir, s.other) }, false},
	{"setproctitle, cut at the end of the arguments at our name", func(t *testing.T, s twoStores) actor { return cutAtArguments(s.dir, s.other) }, false},
	{"2.x", func(t *testing.T, s twoStores) actor { return actor{args: []string{lockcore.DaemonTitle}} }, false},
	{"3.x of another store", func(t *testing.T, s twoStores) actor { return exec3x(s.other) }, false},
	{"python without a home", func(t *testing.T, s twoStores) actor { return python() }, false},
	{"tail", func(t *testing.T, s twoStores) actor { return actor{args: []string{"tail", "-f", titleOf(s.dir)}} }, false},
	{"our path, where another store is mounted", func(t *testing.T, s twoStores) actor {
		return exec3x(s.dir).mounting(s.other, s.dir)
	}, false},
}

// TestProcessThatNoLockNames checks that a daemon of this store that no lock names counts as starting, unless it is older than another
// machine's lock.
func TestProcessThatNoLockNames(t *testing.T) {
	t.Parallel()
	for _, c := range besideRows {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newTwoStores(t)
			write(t, s.store, theirs.Encode())
			p := c.make(t, s).start(t).pid()
			starting, local := 0, 0
			if c.ours {
				starting, local = p, p
			}
			look := func(name string, m lockcore.Memory, state lockcore.State, reason lockcore.Reason, local, starting int) {
				t.Helper()
				got := s.store.Look(m, nil)
				wantState(t, name, got, state, reason)
				wantProcesses(t, name, got, local, starting, 0)
				wantRefusals(t, name, got, c.ours)
				if c.ours { // otherwise Acquire may succeed; TestProcessThatTheLockNames checks that
					wantActs(t, s.store, m)
				}
			}
			look("it came after a foreign lock", lockcore.Memory{}, lockcore.HeldElsewhere, "", 0, starting)
			pastStart()
			write(t, s.store, theirs.Encode())
			look("clock stepped", steppedClock(t), lockcore.HeldElsewhere, "", 0, starting)
			write(t, s.store, theirs.Encode())
			if c.ours {
				look("it came before a foreign lock", lockcore.Memory{}, lockcore.Contested, lockcore.LocalDaemonAlive, local, 0)
			} else {
				look("it came before a foreign lock", lockcore.Memory{}, lockcore.HeldElsewhere, "", 0, 0)
			}
			write(t, s.store, []byte("half a rec"))
			look("corrupt lock", lockcore.Memory{}, lockcore.Corrupt, lockcore.NotJSON, 0, starting)
			write(t, s.store, of(host, deadPID).Encode())
			look("stale lock", lockcore.Memory{}, lockcore.Stale, lockcore.ProcessGone, 0, starting)
			_ = os.Remove(s.store.LockPath())
			look("no lock", lockcore.Memory{}, lockcore.Unlocked, "", 0, starting)
		})
	}
}

// TestCopyNamesADaemon checks that a daemon named by a conflict copy counts as one that held the lock.
func TestCopyNamesADaemon(t *testing.T) {
	s := newTwoStores(t)
	write(t, s.store, theirs.Encode())
	d := exec3x(s.dir).start(t).pid()
	another := exec3x(s.other).start(t).pid()
	copyOf := func(r lockcore.Record) {
		t.Helper()
		put(t, s.store.LockPath()+" 2", r.Encode())
	}
	look := func(name string, state lockcore.State, reason lockcore.Reason, local, starting int) {
		t.Helper()
		got := s.store.Look(lockcore.Memory{}, nil)
		wantState(t, name, got, state, reason)
		wantProcesses(t, name, got, local, starting, 0)
		wantRefusals(t, name, got, true)
		wantActs(t, s.store, lockcore.Memory{})
	}
	copyOf(of(host, d))
	look("beside a foreign lock", lockcore.Contested, lockcore.LocalDaemonAlive, d, 0)
	copyOf(of(host, another))
	look("a copy names another store's daemon", lockcore.HeldElsewhere, "", 0, d)
	copyOf(of("mac-c", d))
	look("a copy of another host", lockcore.Contested, lockcore.ConflictCopy, 0, d)
	copyOf(of(host, d))
	noError(t, os.Remove(s.store.LockPath()))
	look("without a lock", lockcore.Contested, lockcore.LockMissing, d, 0)
}

// flockRows lists processes that hold flock(2) on a file of the store, beside a stale lock.
var flockRows = []struct {
	name string
	make func(t *testing.T, s twoStores) actor
	file string
	open bool // the lock on the file proves that the store is held
}{
	{"daemon of this store", func(t *testing.T, s twoStores) actor { return exec3x(s.dir) }, "hippo/.lock", true},
	{"daemon of this store, older", func(t *testing.T, s twoStores) actor { return exec3x(s.dir) }, ".lock", true},
	{"daemon of an unknown store", func(t *testing.T, s twoStores) actor { return actor{args: []string{lockcore.DaemonTitle}} }, "hippo/.lock", true},
	{"daemon with a title that was cut", func(t *testing.T, s twoStores) actor { return cut(t, s.other, s.other+"-2") }, "hippo/.lock", true},
	{"python without a home", func(t *testing.T, s twoStores) actor { return python() }, ".lock", true},
	{"daemon of another store by its title", func(t *testing.T, s twoStores) actor { return exec3x(s.other) }, "hippo/.lock", true},
	{"lockbar run of this store", func(t *testing.T, s twoStores) actor { return lockbarRun(s.dir) }, "hippo/.lock", true},
	{"another program", func(t *testing.T, s twoStores) actor { return actor{args: []string{"sqlite3"}} }, "hippo/.lock", false},
	{"another program that mentions the daemon", func(t *testing.T, s twoStores) actor {
		return actor{args: []string{"tail", "-f", titleOf(s.dir)}}
	}, ".lock", false},
}

func TestDatabaseIsOpen(t *testing.T) {
	t.Parallel()
	for i, c := range flockRows {
		t.Run(c.name+", "+c.file, func(t *testing.T) {
			t.Parallel()
			s := newTwoStores(t)
			a := c.make(t, s)
			a.Flock, a.Shared = s.database(t, c.file), i%2 == 0 // the kind of the lock makes no difference
			p := a.start(t).pid()
			write(t, s.store, of(host, deadPID).Encode())
			got := s.store.Look(lockcore.Memory{}, nil)
			if c.open {
				wantState(t, "stale lock", got, lockcore.HeldHere, lockcore.StoreOpen)
				wantProcesses(t, "stale lock", got, 0, 0, 0)
				if got.Holder.PID != p || got.NamesHolder() {
					t.Errorf("holder %+v, named by the lock: %v", got.Holder, got.NamesHolder())
				}
			} else {
				wantState(t, "stale lock", got, lockcore.Stale, lockcore.ProcessGone)
				wantProcesses(t, "stale lock", got, 0, 0, p)
			}
			wantRefusals(t, "stale lock", got, c.open)
			wantActs(t, s.store, lockcore.Memory{})
		})
	}
}

// database creates a file that daemons lock.
func (s twoStores) database(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	noError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	put(t, path, nil)
	return path
}

// TestDatabaseIsWaitedFor checks that a process that only waits for the lock of the database, only has its file open, or has locked
// another store's database does not count as having our database open.
func TestDatabaseIsWaitedFor(t *testing.T) {
	s := newTwoStores(t)
	path := s.database(t, "hippo/.lock")
	fd, err := openForever(path)
	noError(t, err)
	defer unix.Close(fd)
	noError(t, unix.Flock(fd, unix.LOCK_EX))
	waits := actor{args: []string{lockcore.DaemonTitle}, Flock: path, Waits: true}.start(t)
	awaitWaiter(t, waits.pid())
	elsewhere := actor{args: []string{lockcore.DaemonTitle}, Flock: filepath.Join(s.other, ".lock")}
	elsewhere.start(t)
	opens := actor{args: []string{lockcore.DaemonTitle}, Open: path}
	opens.start(t)
	write(t, s.store, of(host, deadPID).Encode())
	got := s.store.Look(lockcore.Memory{}, nil)
	wantState(t, "a daemon waits", got, lockcore.Stale, lockcore.ProcessGone)
	wantProcesses(t, "a daemon waits", got, 0, 0, 0)
}

func awaitWaiter(t *testing.T, pid int) {
	t.Helper()
	mark := fmt.Sprintf(" %d ", pid)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		table, err := os.ReadFile("/proc/locks")
		noError(t, err)
		for line := range strings.Lines(string(table)) {
			if strings.Contains(line, "-> FLOCK") && strings.Contains(line, mark) {
				return
			}
		}
	}
	t.Fatalf("process %d does not wait for a lock", pid)
}

// TestDatabaseOfAContainerDaemonThatTheStateNames checks that a daemon that .daemon-state.json names, by its PID in its own namespace,
// still counts as having the database open.
func TestDatabaseOfAContainerDaemonThatTheStateNames(t *testing.T) {
	s := newTwoStores(t)
	inside := inContainer(t, s.dir, s.database(t, "hippo/.lock"))
	state := fmt.Sprintf(`{"daemon_pid": %d}`, inside.inner)
	put(t, filepath.Join(s.dir, ".daemon-state.json"), []byte(state))
	write(t, s.store, of(host, deadPID).Encode())
	got := s.store.Look(lockcore.Memory{}, nil)
	wantState(t, "stale lock", got, lockcore.HeldHere, lockcore.StoreOpen)
	if got.Holder.PID != inside.outer || got.NamesHolder() {
		t.Errorf("holder %+v, want %d", got.Holder, inside.outer)
	}
}

// TestHolderInAContainer checks that a lock that names a process by its PID in its own namespace is held by that process.
func TestHolderInAContainer(t *testing.T) {
	s := newTwoStores(t)
	inside := inContainer(t, s.dir, "")
	ours, foreign := of(host, inside.inner), of("b3f1c0ffee", inside.inner)
	for _, age := range ages {
		for _, r := range []lockcore.Record{ours, foreign} {
			r.StartedAt = lockcore.Timestamp(age.taken(time.Now()))
			write(t, s.store, r.Encode())
			name := r.Hostname + ", " + age.name
			got := s.store.Look(lockcore.Memory{}, nil)
			wantState(t, name, got, lockcore.HeldHere, lockcore.StoreOpen)
			wantProcesses(t, name, got, 0, 0, 0)
			wantRefusals(t, name, got, true)
			if got.Holder.PID != inside.outer || !got.NamesHolder() {
				t.Errorf("%s: holder %+v, want %d", name, got.Holder, inside.outer)
			}
			wantActs(t, s.store, lockcore.Memory{})
		}
	}

	// A process takes only one lock. So after a lock with one started_at, a lock with another one belongs to another machine, where a
	// daemon in a container has the same PID.
	write(t, s.store, ours.Encode())
	var m lockcore.Memory
	m = m.Next(s.store.Look(m, nil), time.Now())
	wantState(t, "the same claim under another name", lookAt(t, s.store, foreign, ours.StartedAt, m), lockcore.HeldHere, lockcore.StoreOpen)
	later := lockcore.Timestamp(time.Now().Add(time.Second))
	got := lookAt(t, s.store, foreign, later, m)
	wantState(t, "another claim", got, lockcore.Contested, lockcore.LocalDaemonAlive)
	wantProcesses(t, "another claim", got, inside.outer, 0, 0)
	wantActs(t, s.store, m)

	// A lock with another PID is not that of the process in the container.
	wantState(t, "another PID", lookAt(t, s.store, of(host, deadPID), later, lockcore.Memory{}), lockcore.Stale, lockcore.ProcessGone)
}

// TestStrangerInAContainer checks that a daemon of another store is not the holder, even if the lock names its PID in its own namespace.
func TestStrangerInAContainer(t *testing.T) {
	s := newTwoStores(t)
	inside := inContainer(t, s.other, "")
	write(t, s.store, of(host, inside.inner).Encode())
	wantState(t, "our host", s.store.Look(lockcore.Memory{}, nil), lockcore.Stale, lockcore.ProcessGone)
	write(t, s.store, of(them, inside.inner).Encode())
	wantState(t, "another host", s.store.Look(lockcore.Memory{}, nil), lockcore.HeldElsewhere, "")
}

func lookAt(t *testing.T, s *lockcore.Store, r lockcore.Record, startedAt string, m lockcore.Memory) lockcore.Snapshot {
	t.Helper()
	r.StartedAt = startedAt
	write(t, s, r.Encode())
	return s.Look(m, nil)
}
