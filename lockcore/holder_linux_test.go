package lockcore_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/lockcore"
)

// twoStores holds the store of one row, and another store beside it.
type twoStores struct {
	store *lockcore.Store
	dir   string // of the store
	other string // an existing directory that is another store
}

func newTwoStores(t *testing.T) twoStores {
	t.Helper()
	s := newStore(t)
	// The store's name is a prefix of the other one's, so that the other one's title, when cut, names our store.
	other := s.Dir() + "-of-another"
	noError(t, os.Mkdir(other, 0o700))
	return twoStores{s, s.Dir(), other}
}

func (s twoStores) beside(name string) string { return filepath.Join(filepath.Dir(s.dir), name) }

// made creates a directory beside the store and returns its path.
func (s twoStores) made(t *testing.T, name string) string {
	t.Helper()
	noError(t, os.Mkdir(s.beside(name), 0o700))
	return s.beside(name)
}

// link creates a symbolic link beside the store and returns its path.
func (s twoStores) link(t *testing.T, name, target string) string {
	t.Helper()
	noError(t, os.Symlink(target, s.beside(name)))
	return s.beside(name)
}

var pythonArgs = []string{"python3", "-m", lockcore.DaemonModule}

// retitled returns a Python process that has overwritten its arguments and environment, with room to spare.
func retitled(t *testing.T, title string) actor {
	return actor{Title: title, args: pythonArgs}.padding(t, 200)
}

func exec3x(store string) actor { return actor{args: []string{titleOf(store)}} }

func python(env ...string) actor { return actor{args: pythonArgs, env: env} }

func lockbarRun(store string) actor {
	return actor{args: []string{"lockbar", lockcore.RunArgument, store, "run", "--", "true"}}
}

// opening returns an actor that has a file of a store open.
func (a actor) opening(store string) actor {
	a.Open = filepath.Join(store, "brain.sqlite3")
	return a
}

// mounting returns an actor in whose mount namespace one directory is mounted on another.
func (a actor) mounting(dir, on string) actor {
	a.Bind, a.with = [2]string{dir, on}, ownMounts
	return a
}

// below returns an actor with this root directory.
func (a actor) below(root string) actor {
	a.Chroot = root
	return a
}

// in returns an actor with this working directory, a path in the actor's root.
func (a actor) in(dir string) actor {
	a.Chdir = dir
	return a
}

// cut returns a daemon of store whose title has room only for shown, the beginning of store.
func cut(t *testing.T, shown, store string) actor {
	a := actor{Title: titleOf(shown), args: pythonArgs}.padding(t, 1)
	a.Title = titleOf(store)
	return a
}

// cutAtArguments does what cut does, for a daemon whose title may overwrite only its arguments and not its environment: because of
// SPT_NOENV, or because the environment was changed before.
func cutAtArguments(shown, store string) actor {
	room := len(titleOf(shown)) + 2 // the NUL that strlcpy writes, and the last byte, which is never written
	directory := room - len("//python3") - len("\x00-m\x00"+lockcore.DaemonModule+"\x00")
	args := append([]string{"/" + strings.Repeat("x", directory) + "/python3"}, pythonArgs[1:]...)
	return actor{Title: titleOf(store), NoEnv: true, args: args}
}

// A verdict classifies the process that a lock names.
type verdict int

const (
	mayHold   verdict = iota // a daemon or lockbar run that may be of this store
	another                  // a daemon or lockbar run that is certainly of another store
	unrelated                // another program
)

// holderRows lists processes that a lock of this host names.
var holderRows = []struct {
	name string
	make func(t *testing.T, s twoStores) actor
	want verdict
}{
	{"3.x", func(t *testing.T, s twoStores) actor { return exec3x(s.dir) }, mayHold},
	{"3.x of another store", func(t *testing.T, s twoStores) actor { return exec3x(s.other) }, another},
	{"3.x of a store that is not there", func(t *testing.T, s twoStores) actor { return exec3x(s.beside("gone")) }, mayHold},
	{"3.x of a file", func(t *testing.T, s twoStores) actor {
		file := s.beside("file")
		put(t, file, nil)
		return exec3x(file)
	}, mayHold},
	{"3.x through a link to us", func(t *testing.T, s twoStores) actor { return exec3x(s.link(t, "link", s.dir)) }, mayHold},
	{"3.x through a link to another", func(t *testing.T, s twoStores) actor { return exec3x(s.link(t, "link", s.other)) }, another},
	{"2.x", func(t *testing.T, s twoStores) actor { return actor{args: []string{lockcore.DaemonTitle}} }, mayHold},
	{"3.x of another store, with our file open", func(t *testing.T, s twoStores) actor { return exec3x(s.other).opening(s.dir) }, mayHold},
	{"3.x of another store, with a file open there", func(t *testing.T, s twoStores) actor { return exec3x(s.other).opening(s.other) }, another},

	{"setproctitle", func(t *testing.T, s twoStores) actor { return retitled(t, titleOf(s.dir)) }, mayHold},
	{"setproctitle of another store", func(t *testing.T, s twoStores) actor { return retitled(t, titleOf(s.other)) }, another},
	{"setproctitle of another store, room for three NULs", func(t *testing.T, s twoStores) actor {
		return actor{Title: titleOf(s.other), args: pythonArgs}.padding(t, 2)
	}, another},
	{"setproctitle of another store that just fits", func(t *testing.T, s twoStores) actor { return cut(t, s.other, s.other) }, mayHold},
	{"setproctitle, cut at the name of another store", func(t *testing.T, s twoStores) actor { return cut(t, s.other, s.other+"-2") }, mayHold},
	{"setproctitle, cut at the store's parent", func(t *testing.T, s twoStores) actor { return cut(t, filepath.Dir(s.dir), s.dir) }, mayHold},
	{"setproctitle, cut at our name", func(t *testing.T, s twoStores) actor { return cut(t, s.dir, s.other) }, mayHold},
	{"setproctitle, cut at the end of the arguments", func(t *testing.T, s twoStores) actor { return cutAtArguments(s.other, s.other+"-2") }, mayHold},
	{"setproctitle, cut at the end of the arguments at our name", func(t *testing.T, s twoStores) actor { return cutAtArguments(s.dir, s.other) }, mayHold},
	{"setproctitle, cut by the kernel at a page", cutByKernel, mayHold},

	{"python with our store", func(t *testing.T, s twoStores) actor { return python("IAI_MCP_STORE=" + s.dir) }, mayHold},
	{"python with another store", func(t *testing.T, s twoStores) actor { return python("IAI_MCP_STORE=" + s.other) }, another},
	{"python, relative to its directory, ours", func(t *testing.T, s twoStores) actor {
		return python("IAI_MCP_STORE=" + filepath.Base(s.dir)).in(s.beside(""))
	}, mayHold},
	{"python, relative to its directory, another", func(t *testing.T, s twoStores) actor {
		return python("IAI_MCP_STORE=" + filepath.Base(s.other)).in(s.beside(""))
	}, another},
	{"python, relative and not there", func(t *testing.T, s twoStores) actor { return python("IAI_MCP_STORE=" + filepath.Base(s.other)) }, mayHold},
	{"python with a home without a store", func(t *testing.T, s twoStores) actor { return python("HOME=" + s.beside("")) }, mayHold},
	{"python with a home that has one", func(t *testing.T, s twoStores) actor {
		s.made(t, ".iai-mcp")
		return python("HOME=" + s.beside(""))
	}, another},
	{"python with a home that has ours", func(t *testing.T, s twoStores) actor {
		s.link(t, ".iai-mcp", s.dir)
		return python("HOME=" + s.beside(""))
	}, mayHold},
	{"python without a home", func(t *testing.T, s twoStores) actor { return python() }, mayHold},
	{"python whose environment is overwritten", func(t *testing.T, s twoStores) actor {
		a := python("LANG=C", "IAI_MCP_STORE="+s.other)
		a.Wipe = true
		return a
	}, mayHold},

	{"lockbar run", func(t *testing.T, s twoStores) actor { return lockbarRun(s.dir) }, mayHold},
	{"lockbar run of another store", func(t *testing.T, s twoStores) actor { return lockbarRun(s.other) }, another},

	{"tail", func(t *testing.T, s twoStores) actor { return actor{args: []string{"tail", "-f", titleOf(s.dir)}} }, unrelated},
	{"another program with our file open", func(t *testing.T, s twoStores) actor {
		return actor{args: []string{"sqlite3"}}.opening(s.dir)
	}, unrelated},

	{"bind mount of our store", func(t *testing.T, s twoStores) actor {
		return exec3x(s.made(t, "mnt")).mounting(s.dir, s.beside("mnt"))
	}, mayHold},
	{"bind mount of another store", func(t *testing.T, s twoStores) actor {
		return exec3x(s.made(t, "mnt")).mounting(s.other, s.beside("mnt"))
	}, another},
	{"our path, where another store is mounted", func(t *testing.T, s twoStores) actor {
		// A lock in our store names the process, so the path in its title counts as ours: see inspection.probe.
		return exec3x(s.dir).mounting(s.other, s.dir)
	}, mayHold},
	{"another root, its path leads to us", func(t *testing.T, s twoStores) actor {
		return exec3x("/" + filepath.Base(s.dir)).below(s.beside(""))
	}, mayHold},
	{"another root, its path leads to another", func(t *testing.T, s twoStores) actor {
		return exec3x("/" + filepath.Base(s.other)).below(s.beside(""))
	}, another},
	{"another root, our path is another directory there", func(t *testing.T, s twoStores) actor {
		noError(t, os.MkdirAll(filepath.Join(s.other, s.dir), 0o700))
		return exec3x(s.dir).below(s.other)
	}, mayHold},
	{"another root, its path leads to another, with our file open", func(t *testing.T, s twoStores) actor {
		return exec3x("/" + filepath.Base(s.other)).below(s.beside("")).opening(s.dir)
	}, mayHold},
	{"another root, relative to its directory there", func(t *testing.T, s twoStores) actor {
		// The kernel reports the path of the working directory from our root. From the root of the process that path leads to decoy.
		decoy := filepath.Join(s.other, s.other, "work")
		work := filepath.Join(s.other, "work")
		for _, dir := range []string{filepath.Join(decoy, "store"), work} {
			noError(t, os.MkdirAll(dir, 0o700))
		}
		return python("IAI_MCP_STORE=store").below(s.other).in("/work")
	}, mayHold},
}

// cutByKernel returns a daemon whose title is longer than a page, so that /proc shows only a part. That part names an existing store.
func cutByKernel(t *testing.T, s twoStores) actor {
	shown := s.other
	for len(titleOf(shown)) < os.Getpagesize()-250 {
		shown += "/" + strings.Repeat("x", 199)
	}
	if missing := os.Getpagesize() - len(titleOf(shown)); missing > 0 {
		shown += "/" + strings.Repeat("x", missing-1)
	}
	if err := os.MkdirAll(shown, 0o700); err != nil {
		t.Skip(err) // a page is longer than a path may be
	}
	return retitled(t, titleOf(shown+"y"))
}

// ages lists times at which a lock may have been taken. start is when the process that the lock names started.
var ages = []struct {
	name  string
	taken func(start time.Time) time.Time
	after bool // the process certainly started after the lock was taken
	boot  bool // the machine, too, certainly started after that
}{
	{"taken after the start", func(start time.Time) time.Time { return start.Add(time.Second) }, false, false},
	{"taken just before the start", func(start time.Time) time.Time { return start.Add(-lockcore.Tolerance / 2) }, false, false},
	{"taken long before the start", func(start time.Time) time.Time { return start.Add(-2 * lockcore.Tolerance) }, true, false},
	{"taken before the boot", func(time.Time) time.Time { return taken.AddDate(-20, 0, 0) }, true, true},
	{"taken in the future", func(time.Time) time.Time { return time.Now().Add(time.Hour) }, false, false},
}

// expected returns the state and its reason for a verdict on the process that the lock names.
func expected(want verdict, after, boot, stepped bool) (lockcore.State, lockcore.Reason) {
	switch {
	case want == another:
		return lockcore.Stale, lockcore.OtherStore
	case want == mayHold || !after || stepped:
		return lockcore.HeldHere, ""
	case boot:
		return lockcore.Stale, lockcore.BeforeBoot
	}
	return lockcore.Stale, lockcore.PIDRecycled
}

// steppedClock returns a memory from which it follows that the clock of this machine was set.
func steppedClock(t testing.TB) lockcore.Memory {
	t.Helper()
	m := lockcore.Memory{}.Next(lockcore.Snapshot{}, time.Now())
	if m.BootID == "" {
		t.Fatal("this boot has no id")
	}
	m.Boot = m.Boot.Add(-time.Hour)
	return m
}

func TestProcessThatTheLockNames(t *testing.T) {
	t.Parallel()
	for _, c := range holderRows {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newTwoStores(t)
			holder := c.make(t, s).start(t)
			start := lockcore.Probe(holder.pid()).Started
			s.store.Among(holder.pid())
			for _, age := range ages {
				lock := of(host, holder.pid())
				lock.StartedAt = lockcore.Timestamp(age.taken(start))
				write(t, s.store, lock.Encode())
				for _, clock := range []lockcore.Memory{{}, steppedClock(t)} {
					name := fmt.Sprintf("%s, clock stepped %v", age.name, !clock.Boot.IsZero())
					got := s.store.Look(clock, nil)
					state, reason := expected(c.want, age.after, age.boot, !clock.Boot.IsZero())
					wantState(t, name, got, state, reason)
					wantRefusals(t, name, got, state != lockcore.Stale)
					if got.Holder.PID != holder.pid() || got.Starting.PID != 0 || got.LocalDaemon.PID != 0 {
						t.Errorf("%s: holder %+v, starting %+v, local daemon %+v", name, got.Holder, got.Starting, got.LocalDaemon)
					}
				}
			}
			wantActs(t, s.store, lockcore.Memory{})
		})
	}
}

// wantRefusals checks whether a look shows the store in use. If so, and only then, it must refuse acquire, and unlock too if there is a
// lock.
func wantRefusals(t *testing.T, name string, got lockcore.Snapshot, inUse bool) {
	t.Helper()
	unlock, acquire := got.RefuseUnlock(got.Token, false), got.RefuseAcquire(false)
	if got.InUse() != inUse || isError(unlock, lockcore.ErrHeld) != (inUse && got.HasLock()) || isError(acquire, lockcore.ErrHeld) != inUse {
		t.Errorf("%s: in use %v, unlock: %v, acquire: %v; want in use %v", name, got.InUse(), unlock, acquire, inUse)
	}
}

// wantActs checks that Acquire refuses the store if and only if a look shows it in use. Then ForceUnlock must also refuse to remove a lock.
func wantActs(t *testing.T, s *lockcore.Store, m lockcore.Memory) {
	t.Helper()
	seen := s.Look(m, nil)
	before := mustRead(t, s)
	lock, err := s.Acquire(background, seen, m, false)
	switch {
	case seen.InUse() && (!isError(err, lockcore.ErrHeld) || string(mustRead(t, s)) != string(before)):
		t.Errorf("acquired although it is %s: %v", seen.State, err)
	case !seen.InUse() && err != nil:
		t.Errorf("not acquired although it is %s: %v", seen.State, err)
	}
	if err == nil {
		if err := lock.Release(background); err != nil {
			t.Error(err)
		}
		return
	}
	_, err = s.ForceUnlock(background, seen, m, false)
	if seen.HasLock() && (!isError(err, lockcore.ErrHeld) || string(mustRead(t, s)) != string(before)) {
		t.Errorf("unlocked although it is %s: %v", seen.State, err)
	}
}

// TestProcessOfAnotherUser checks processes whose arguments we can read, but not their environment, root or room for a title.
func TestProcessOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can play another user")
	}
	rows := []struct {
		name string
		make func(other string) actor
		want string
	}{
		{"python with another store", func(other string) actor { return python("IAI_MCP_STORE=" + other) }, "held-here"},
		{"3.x of another store", exec3x, "held-here"},
		{"3.x of another store, with arguments", func(other string) actor {
			a := exec3x(other)
			a.args = append(a.args, "--x")
			return a
		}, "held-here"},
		{"another program", func(string) actor { return actor{args: []string{"tail", "-f", lockcore.DaemonModule}} }, "stale pid-recycled"},
	}
	var stores []*lockcore.Store
	for _, c := range rows {
		s := publicStore(t)
		other := s.Dir() + "-of-another"
		noError(t, os.Mkdir(other, 0o755))
		holder := c.make(other).start(t)
		lock := of(host, holder.pid())
		lock.StartedAt = lockcore.Timestamp(lockcore.Probe(holder.pid()).Started.Add(-2 * lockcore.Tolerance))
		write(t, s, lock.Encode())
		makePublic(t, filepath.Dir(s.Dir()))
		stores = append(stores, s)
	}
	for i, got := range seenByNobody(t, stores) {
		if got != rows[i].want {
			t.Errorf("%s: the user nobody sees %q, want %q", rows[i].name, got, rows[i].want)
		}
	}
}

// TestProcessOfNobody checks that root, unless it lacks CAP_SYS_PTRACE, finds out which store another user's process uses.
func TestProcessOfNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can start another user's process")
	}
	s := publicStore(t)
	other := s.Dir() + "-of-another"
	noError(t, os.Mkdir(other, 0o755))
	a := python("IAI_MCP_STORE=" + other)
	a.with = func(cmd *exec.Cmd) { asNobody(cmd) }
	holder := a.start(t)
	write(t, s, of(host, holder.pid()).Encode())
	got := s.Look(lockcore.Memory{}, nil)
	if _, err := os.Readlink(fmt.Sprintf("/proc/%d/root", holder.pid())); err != nil {
		wantState(t, "root without CAP_SYS_PTRACE", got, lockcore.HeldHere, "") // as in a container
		return
	}
	wantState(t, "root", got, lockcore.Stale, lockcore.OtherStore)
}

// TestProcOfAnotherNamespace looks from a PID namespace with the /proc of another one, in which our PIDs are other processes. All that is
// known of the holder is that it exists.
func TestProcOfAnotherNamespace(t *testing.T) {
	s := publicStore(t)
	lock := of(host, 1)
	lock.StartedAt = "2001-01-01T00:00:00+00:00"
	write(t, s, lock.Encode())
	makePublic(t, filepath.Dir(s.Dir()))
	looks := command("readonly", "inspect", s.Dir())
	program, err := os.Executable()
	noError(t, err)
	cmd := exec.Command("/bin/sh", append([]string{"-c", `"$@"; true`, "sh", program}, looks.Args[1:]...)...)
	cmd.Env = looks.Env
	namespaces(cmd, syscall.CLONE_NEWPID)
	if err := allowed(cmd.SysProcAttr); err != nil {
		skipUnlessPrivileged(t, "no PID namespaces here: "+err.Error())
	}
	if got := startCommand(t, cmd).rest()[0]; got != "held-here" { // by process 1 of the namespace, the shell
		t.Errorf("the lock is %q", got)
	}
}
