package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testfs"
)

// For Linux alone. Only there a run becomes the parent of its command's orphans, and /proc tells which processes are left.

// setUIDVariable makes this test binary a process that says its PID and waits for its end, as another real user if its value is a
// number.
const setUIDVariable = "LOCKBAR_TEST_SETUID"

// killRounds is how often each kind of command is killed: its holder and its minder in turn.
func killRounds() int { return testfs.Rounds(2, 6) }

// nobody is a user without rights.
const nobody = 65534

// commands start processes of every kind that could get away. "$0" is a set-uid copy of this binary.
var commands = []struct{ name, script string }{
	{"background children", `sleep 1000 & (sleep 1000 &) & (exec >/dev/null; nohup sleep 1000 2>&1 &); echo ready; wait`},
	{"sessions of their own", `setsid sleep 1000 & setsid sh -c 'setsid sleep 1000 & sleep 1000' & (setsid -f sleep 1000); echo ready; wait`},
	{"ignores signals", `trap '' TERM HUP INT QUIT; sh -c 'sleep 1000; :' & echo ready; while :; do sleep 1000; done`},
	{"forks on and on", `f() { while :; do sleep 0.01 & wait $!; done; }; f & f & setsid sh -c 'while :; do sh -c :; done' & echo ready; wait`},
	{"each forks the next and ends", `f() { f & exit; }; f & setsid sh -c 'f() { f & exit; }; f' & echo ready; sleep 1000`},
	{"stopped", `sleep 1000 & sh -c 'kill -STOP $$' & setsid sh -c 'kill -STOP $$' & echo ready; wait`},
	{"a job of an inner shell", `set -m; sleep 1000 & sh -c 'sleep 1000; :' & echo ready; wait`},
}

// TestSearchFindsChildren: the search is for kernels that do not list children.
func TestSearchFindsChildren(t *testing.T) {
	child := holder(t).Process.Pid
	found := map[int]bool{}
	searchChildrenOf(os.Getpid(), func(pid int) bool { found[pid] = true; return true })
	if !found[child] || found[os.Getpid()] || found[os.Getppid()] {
		t.Errorf("found %v, want %d and no process above it", found, child)
	}
}

// TestKilledRunEndsAll kills the process that the lock names, or the one that minds CMD. What was started is gone, and the lock is
// stale, or given back.
func TestKilledRunEndsAll(t *testing.T) {
	t.Parallel()
	for _, c := range commands {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			for round := range killRounds() {
				w.killRound(w.command("run", "--", "sh", "-c", c.script), round)
			}
		})
	}
}

// TestKilledRunEndsSetUIDPrograms: as an ordinary user, whose real user id such a program keeps.
func TestKilledRunEndsSetUIDPrograms(t *testing.T) {
	w, program := worldOfNobody(t)
	for round := range killRounds() {
		w.killRound(w.byNobody(program, "yes"), round)
	}
}

// TestOtherUsersProgramsAreNamed: what has become root for good cannot be ended, and goes on; nobody waits for it.
func TestOtherUsersProgramsAreNamed(t *testing.T) {
	w, program := worldOfNobody(t)
	for round := range 2 {
		r := w.ready(w.byNobody(program, "0"))
		pid := r.other
		r.kill(w, round)
		if left := w.processes(); len(left) != 1 || left[0] != pid {
			t.Errorf("%v are left, want %d", left, pid)
		}
		if named := strings.Contains(r.complaint.String(), fmt.Sprintf("process %d", pid)); named != r.minderKilled {
			t.Errorf("stderr %q, and the process is %d", r.complaint.String(), pid)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		w.allGone()
	}
}

// TestChildrenFromBeforeAreSpared: a shell that execs lockbar run leaves it its own children, and they leave theirs.
func TestChildrenFromBeforeAreSpared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const command = "sleep 1000 & echo ready; wait"
	const before = `sleep 1000 & { setsid sleep 1000 & read x; } <"$FIFO" & exec "$@"`
	fifo := filepath.Join(w.root, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := w.through(w.command("run", "--", "sh", "-c", command), before)
	cmd.Env = append(cmd.Env, "FIFO="+fifo)
	gate := make(chan *os.File)
	go func() {
		f, _ := os.OpenFile(fifo, os.O_WRONLY, 0)
		gate <- f
	}()
	r := w.ready(cmd)
	(<-gate).Close() // one of them ends, and what it started comes to lockbar
	w.until("lockbar has two children from before, of which one was an orphan, and the minder", func() bool {
		var names []string
		searchChildrenOf(r.Process.Pid, func(pid int) bool { names = append(names, commandOf(pid, 0)); return true })
		slices.Sort(names)
		return len(names) == 3 && names[1] == "sleep" && names[2] == "sleep"
	})
	r.kill(w, 1)
	left := w.processes()
	if len(left) != 2 {
		t.Fatalf("%v are left, want the two from before", left)
	}
	for _, pid := range left {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	w.allGone()
}

// TestCallersFilesReachTheCommand: those of a make's job server, or of a shell's <(...), follow standard error.
func TestCallersFilesReachTheCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cmd := w.command("run", "--", "sh", "-c", `cat <&3; cat <&4`)
	for _, text := range []string{"three ", "four"} {
		path := filepath.Join(w.root, text)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	if r := finish(t, cmd).want(t, 0); r.out != "three four" {
		t.Errorf("%q", r.out)
	}
}

// TestOrderlyEndLeavesTheRest: what CMD leaves running is its own business.
func TestOrderlyEndLeavesTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cmd := w.command("run", "--", "sh", "-c", "sleep 1000 & setsid sleep 1000 & exit 6")
	if _ = cmd.Run(); cmd.ProcessState.ExitCode() != 6 {
		t.Errorf("%v", cmd.ProcessState)
	}
	var left []int
	w.until("both are left", func() bool { left = w.processes(); return len(left) == 2 }) // one that is within execve shows no environment
	for _, pid := range left {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	w.allGone()
}

// TestOrphansAreReaped: they come to the minder while CMD runs, which may be long.
func TestOrphansAreReaped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.ready(w.command("run", "--", "sh", "-c", "for i in 1 2 3; do (sleep 0.01 &); done; echo ready; exec sleep 1000"))
	w.until("only CMD is left", func() bool {
		n := 0
		searchChildrenOf(r.minder, func(int) bool { n++; return true })
		return n == 1
	})
	r.kill(w, 0)
	w.allGone()
}

// TestCommandHasNoFilesOfOurs: what lockbar's two processes say to each other is not for CMD, which could keep it open.
func TestCommandHasNoFilesOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := []string{"sh", "-c", "for f in /proc/$$/fd/*; do ! test -p $f || echo ${f##*/}; done"}
	alone := finish(t, exec.Command(list[0], list[1:]...)).want(t, 0)
	if r := w.run(append([]string{"run", "--"}, list...)...).want(t, 0); r.out != alone.out {
		t.Errorf("CMD has the pipes %q, and without lockbar %q", strings.Fields(r.out), strings.Fields(alone.out))
	}
}

// TestMindIsNotForUsers: without a holder there is nothing to mind.
func TestMindIsNotForUsers(t *testing.T) {
	t.Parallel()
	newWorld(t).run(mindCommand, "--", "true").want(t, exitUsage)
}

// minded is a lockbar run whose CMD has said that it is ready.
type minded struct {
	*exec.Cmd
	minder, other int
	complaint     bytes.Buffer
	minderKilled  bool
}

func (w *world) killRound(cmd *exec.Cmd, round int) {
	w.t.Helper()
	r := w.ready(cmd)
	r.kill(w, round)
	if left := w.processes(); r.minderKilled && len(left) > 0 {
		w.t.Fatalf("%v outlived lockbar run", left)
	}
	w.allGone()
}

// ready starts a lockbar run and waits for the line of its CMD, which may be a PID.
func (w *world) ready(cmd *exec.Cmd) *minded {
	w.t.Helper()
	r := &minded{Cmd: cmd}
	errs, err := os.Create(filepath.Join(w.root, "stderr")) // no pipe, which descendants would keep open
	if err != nil {
		w.t.Fatal(err)
	}
	defer errs.Close()
	cmd.Stderr = errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	line := make([]byte, 20)
	n, err := out.Read(line)
	if err != nil {
		w.t.Fatal(err)
	}
	r.other, _ = strconv.Atoi(strings.TrimSpace(string(line[:n])))
	for _, pid := range w.processes() {
		if parent, _ := parentOf(pid); parent == cmd.Process.Pid && commandOf(pid, 1) == mindCommand {
			r.minder = pid
		}
	}
	if r.minder == 0 {
		w.t.Fatal("nobody minds the command")
	}
	return r
}

// kill kills the holder in even rounds and the minder in odd ones, and waits for the holder.
func (r *minded) kill(w *world, round int) {
	w.t.Helper()
	victim, code := r.Process.Pid, -1
	r.minderKilled = round%2 == 1
	if r.minderKilled {
		victim, code = r.minder, signalBase+9
	}
	if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
		w.t.Fatal(err)
	}
	_ = r.Wait()
	said, _ := os.ReadFile(filepath.Join(w.root, "stderr"))
	r.complaint.Write(said)
	if got := r.ProcessState.ExitCode(); got != code || r.minderKilled != strings.Contains(string(said), "was killed") {
		w.t.Errorf("round %d: exit code %d, want %d; stderr %q", round, got, code, said)
	}
	status := 12 // stale
	if r.minderKilled {
		status = 0
	}
	w.run("status", "--exit-code").want(w.t, status)
}

// processes are those of this world, which have its environment.
func (w *world) processes() (pids []int) {
	mark := []byte("LOCKBAR_STATE_DIR=" + w.state)
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && bytes.Contains(data, mark) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			pids = append(pids, pid)
		}
	}
	return pids
}

func (w *world) allGone() {
	w.t.Helper()
	for end := time.Now().Add(patience); len(w.processes()) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			for _, pid := range w.processes() {
				w.t.Errorf("process %d still runs: %s", pid, commandOf(pid, 0))
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
			return
		}
	}
}

// commandOf is an argument of a process.
func commandOf(pid, number int) string {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if args := strings.Split(string(data), "\x00"); number < len(args) {
		return args[number]
	}
	return ""
}

// through has a shell start the command by a script, as "$@".
func (w *world) through(cmd *exec.Cmd, script string) *exec.Cmd {
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", script, "sh", binary}, cmd.Args[1:]...)
	return cmd
}

// worldOfNobody is a world in which an ordinary user may work, and a program that is set-uid root.
func worldOfNobody(t *testing.T) (w *world, program string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can make a set-uid program of another user")
	}
	skipUnlessSeesNobody(t)
	w = newWorld(t)
	if err := os.Chmod(filepath.Dir(w.root), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{w.root, w.dir} {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	program = w.copied(os.Args[0], "set-uid")
	if err := os.Chmod(program, 0o755|os.ModeSetuid); err != nil {
		t.Fatal(err)
	}
	return w, program
}

// skipUnlessSeesNobody skips a test that looks at what another user's processes have in their environment: most containers leave
// that to nobody, not even to their root (CAP_SYS_PTRACE).
func skipUnlessSeesNobody(t *testing.T) {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	if _, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", cmd.Process.Pid)); err != nil {
		t.Skip("this root may not look at other users' processes: ", err)
	}
}

// byNobody is a lockbar run of an ordinary user, whose CMD starts the set-uid program and waits.
func (w *world) byNobody(program, setUID string) *exec.Cmd {
	cmd := w.command("run", "--", "sh", "-c", `"$0" & sleep 1000 & wait`, program)
	cmd.Path = w.copied(binary, "lockbar")
	cmd.Env = append(cmd.Env, setUIDVariable+"="+setUID)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

// copied makes a program that every user may run.
func (w *world) copied(from, name string) string {
	w.t.Helper()
	to := filepath.Join(w.root, name)
	in, err := os.Open(from)
	if err != nil {
		w.t.Fatal(err)
	}
	defer in.Close()
	_ = os.Remove(to)
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if errClose := out.Close(); err != nil || errClose != nil {
		w.t.Fatal(err, errClose)
	}
	return to
}

func init() {
	value, set := os.LookupEnv(setUIDVariable)
	if !set || os.Geteuid() != 0 || filepath.Base(os.Args[0]) != "set-uid" {
		return
	}
	if uid, err := strconv.Atoi(value); err == nil {
		if err := syscall.Setuid(uid); err != nil {
			panic(err)
		}
	}
	fmt.Println(os.Getpid())
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	os.Exit(0)
}
