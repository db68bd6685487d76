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
	"lockbar/lockcore"
)

// Only for Linux: there a run becomes the parent of CMD's orphans, and /proc shows the remaining processes.

// setUIDVariable makes a set-uid copy of this test binary print its PID and wait for SIGTERM. If the value is a number, the copy first
// takes that as its real user id.
const setUIDVariable = "LOCKBAR_TEST_SETUID"

// nobody is a user without privileges.
const nobody = 65534

// commands lists scripts whose processes could escape in different ways.
var commands = []struct{ name, script string }{
	{"background children", `sleep 1000 & (sleep 1000 &) & (exec >/dev/null; nohup sleep 1000 2>&1 &); echo ready; wait`},
	{"sessions of their own", `setsid sleep 1000 & setsid sh -c 'setsid sleep 1000 & sleep 1000' & (setsid -f sleep 1000); echo ready; wait`},
	{"ignores signals", `trap '' TERM HUP INT QUIT; sh -c 'sleep 1000; :' & echo ready; while :; do sleep 1000; done`},
	{"forks on and on", `f() { while :; do sleep 0.01 & wait $!; done; }; f & f & setsid sh -c 'while :; do sh -c :; done' & echo ready; wait`},
	{"each forks the next and ends", `f() { f & exit; }; f & setsid sh -c 'f() { f & exit; }; f' & echo ready; sleep 1000`},
	{"stopped", `sleep 1000 & sh -c 'kill -STOP $$' & setsid sh -c 'kill -STOP $$' & echo ready; wait`},
	{"a job of an inner shell", `set -m; sleep 1000 & sh -c 'sleep 1000; :' & echo ready; wait`},
}

// TestSearchFindsChildren tests the search that replaces the list of children on kernels without one.
func TestSearchFindsChildren(t *testing.T) {
	child := holder(t).Process.Pid
	found := map[int]bool{}
	searchChildrenOf(os.Getpid(), func(pid int) bool { found[pid] = true; return true })
	if !found[child] || found[os.Getpid()] || found[os.Getppid()] {
		t.Errorf("found %v, want %d and no process above it", found, child)
	}
}

// TestKilledRunEndsAll kills the holder, which leaves a stale lock, or the minder, after which the lock is released. No descendant
// survives.
func TestKilledRunEndsAll(t *testing.T) {
	t.Parallel()
	for i, c := range commands {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			for round := range testfs.Rounds(1, 6) {
				w.killRound(w.command("run", "--", "sh", "-c", c.script), i+round)
			}
		})
	}
}

// TestKilledRunEndsSetUIDPrograms runs lockbar as an ordinary user. A set-uid program keeps that user's real user id, so it can be killed.
func TestKilledRunEndsSetUIDPrograms(t *testing.T) {
	w, program := worldOfNobody(t)
	for round := range testfs.Rounds(1, 6) {
		w.killRound(w.byNobody(program, "yes"), round)
	}
}

// TestOtherUsersProgramsAreNamed starts a program whose real user becomes root. lockbar cannot kill it, does not wait for it, and names it
// if the holder survives.
func TestOtherUsersProgramsAreNamed(t *testing.T) {
	w, program := worldOfNobody(t)
	for round := range 2 {
		r := w.ready(w.byNobody(program, "0"))
		pid := r.other
		r.kill(w, round)
		if left := w.processes(); len(left) != 1 || left[0] != pid {
			t.Errorf("%v still run, want %d", left, pid)
		}
		if named := strings.Contains(r.complaint.String(), fmt.Sprintf("process %d", pid)); named != r.minderKilled {
			t.Errorf("stderr %q must name process %d only if the minder was killed", r.complaint.String(), pid)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		w.allGone()
	}
}

// TestChildrenFromBeforeAreSpared runs lockbar by an exec in a shell that has children. They become lockbar's children, as do their
// orphans, and are not killed.
func TestChildrenFromBeforeAreSpared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const command = "sleep 1000 & echo ready; wait"
	const before = `sleep 1000 & { setsid sleep 1000 & read x; } <"$FIFO" & exec "$@"`
	fifo := filepath.Join(w.root, "fifo")
	testfs.Check(t, syscall.Mkfifo(fifo, 0o600))
	cmd := w.through(w.command("run", "--", "sh", "-c", command), before)
	cmd.Env = append(cmd.Env, "FIFO="+fifo)
	gate := make(chan *os.File)
	go func() {
		f, _ := os.OpenFile(fifo, os.O_WRONLY, 0)
		gate <- f
	}()
	r := w.ready(cmd)
	(<-gate).Close() // one of the two ends, and lockbar adopts its child
	w.until("lockbar has two children from before, of which one was an orphan, and the minder", func() bool {
		var names []string
		searchChildrenOf(r.Process.Pid, func(pid int) bool { names = append(names, commandOf(pid, 0)); return true })
		slices.Sort(names)
		return len(names) == 3 && names[1] == "sleep" && names[2] == "sleep"
	})
	r.kill(w, 1)
	left := w.processes()
	if len(left) != 2 {
		t.Fatalf("%v still run, want the two from before", left)
	}
	for _, pid := range left {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	w.allGone()
}

// TestCallersFilesReachTheCommand passes files after standard error, as a job server of make and <(...) of a shell do.
func TestCallersFilesReachTheCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cmd := w.command("run", "--", "sh", "-c", `cat <&3; cat <&4`)
	for _, text := range []string{"three ", "four"} {
		path := filepath.Join(w.root, text)
		testfs.Check(t, os.WriteFile(path, []byte(text), 0o600))
		f, err := os.Open(path)
		testfs.Check(t, err)
		defer f.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	if r := finish(t, cmd).want(t, 0); r.out != "three four" {
		t.Errorf("%q", r.out)
	}
}

// TestOrderlyEndLeavesTheRest checks that the processes that CMD leaves running are not killed.
func TestOrderlyEndLeavesTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cmd := w.command("run", "--", "sh", "-c", "sleep 1000 & setsid sleep 1000 & exit 6")
	if _ = cmd.Run(); cmd.ProcessState.ExitCode() != 6 {
		t.Errorf("%v", cmd.ProcessState)
	}
	var left []int
	w.until("both still run", func() bool { left = w.processes(); return len(left) == 2 }) // a process shows no environment during its execve
	for _, pid := range left {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	w.allGone()
}

// TestOrphansAreReaped checks that the minder reaps orphans while CMD still runs.
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

// TestCommandHasNoFilesOfOurs checks that CMD does not inherit the pipes between lockbar's two processes, which it could keep open.
func TestCommandHasNoFilesOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := []string{"sh", "-c", "for f in /proc/$$/fd/*; do ! test -p $f || echo ${f##*/}; done"}
	alone := finish(t, exec.Command(list[0], list[1:]...)).want(t, 0)
	if r := w.run(append([]string{"run", "--"}, list...)...).want(t, 0); r.out != alone.out {
		t.Errorf("CMD has the pipes %q, but without lockbar %q", strings.Fields(r.out), strings.Fields(alone.out))
	}
}

// TestMindIsNotForUsers runs mind without a holder.
func TestMindIsNotForUsers(t *testing.T) {
	call(t, mindCommand, "--", "true").want(t, exitUsage)
}

// A minded is a lockbar run whose CMD has printed that it is ready, or a PID.
type minded struct {
	*exec.Cmd
	minder, other int          // PIDs; other is the one that CMD printed, or 0
	complaint     bytes.Buffer // standard error
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

// ready starts a lockbar run and waits for the line that its CMD prints.
func (w *world) ready(cmd *exec.Cmd) *minded {
	w.t.Helper()
	r := &minded{Cmd: cmd}
	errs, err := os.Create(filepath.Join(w.root, "stderr")) // not a pipe, which descendants would keep open
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
	searchChildrenOf(cmd.Process.Pid, func(pid int) bool {
		r.minder = pid
		return commandOf(pid, 1) != mindCommand
	})
	if commandOf(r.minder, 1) != mindCommand {
		w.t.Fatal("lockbar run has no minder")
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
	output, _ := os.ReadFile(filepath.Join(w.root, "stderr"))
	r.complaint.Write(output)
	if got := r.ProcessState.ExitCode(); got != code || r.minderKilled != strings.Contains(string(output), "was killed") {
		w.t.Errorf("round %d: exit code %d, want %d; stderr %q", round, got, code, output)
	}
	want := lockcore.Stale
	if r.minderKilled {
		want = lockcore.Unlocked
	}
	if s := w.inspect(); s.State != want {
		w.t.Errorf("round %d: %v, want %v", round, s.State, want)
	}
}

// processes returns the processes of this world: those that have its environment.
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

// commandOf returns the numbered argument of a process; 0 is the program.
func commandOf(pid, number int) string {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if args := strings.Split(string(data), "\x00"); number < len(args) {
		return args[number]
	}
	return ""
}

// through makes a shell run the script, in which "$@" is the command.
func (w *world) through(cmd *exec.Cmd, script string) *exec.Cmd {
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", script, "sh", binary}, cmd.Args[1:]...)
	return cmd
}

// worldOfNobody returns a world that an ordinary user can write, and a program that is set-uid root.
func worldOfNobody(t *testing.T) (w *world, program string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can make a set-uid program of another user")
	}
	skipUnlessReadsOthers(t)
	w = newWorld(t)
	testfs.Check(t, os.Chmod(filepath.Dir(w.root), 0o755))
	for _, dir := range []string{w.root, w.dir} {
		testfs.Check(t, os.Chown(dir, nobody, nobody))
	}
	program = w.copied(os.Args[0], "set-uid")
	testfs.Check(t, os.Chmod(program, 0o755|os.ModeSetuid))
	return w, program
}

// skipUnlessReadsOthers skips a test that reads the environment of another user's processes. In most containers not even root may read it
// (CAP_SYS_PTRACE).
func skipUnlessReadsOthers(t *testing.T) {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	testfs.Check(t, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	if _, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", cmd.Process.Pid)); err != nil {
		t.Skip("root may not read the environment of other users' processes here: ", err)
	}
}

// byNobody returns a lockbar run of an ordinary user, whose CMD starts the set-uid program and waits.
func (w *world) byNobody(program, setUID string) *exec.Cmd {
	cmd := w.command("run", "--", "sh", "-c", `"$0" & sleep 1000 & wait`, program)
	cmd.Path = w.copied(binary, "lockbar")
	cmd.Env = append(cmd.Env, setUIDVariable+"="+setUID)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

// copied copies a program, for every user to run, and returns the path.
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
