//go:build unix

package lockcore_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testfs"
)

// roleVariable makes the test binary play a role in another process instead of running tests.
const roleVariable = "LOCKCORE_TEST_ROLE"

// patience bounds the wait for an event that must come. Only a failure waits that long.
const patience = 20 * time.Second

// hangLimit bounds the time from one answer of a child to its next one, or to its end. A limit on the whole life of a child would fail
// on a loaded machine, since tests give it a number of tasks.
const hangLimit = 4 * time.Minute

var roles = map[string]func(args []string){
	"exit":     func([]string) {},
	"wait":     playWaiter,
	"acquire":  playAcquirer,
	"operate":  playOperator,
	"readonly": playReadOnly,
	"full":     playFullDisk,
	"in-place": playInPlaceDaemon,
	"run":      playRunner,
	"unlock":   playUnlocker,
	"fileless": playFileless,
}

// testsAtOnce is the least number of tests that run at once, however few processors there are: most wait for SettleTime, a disk or a child.
const testsAtOnce = 16

func TestMain(m *testing.M) {
	if role, ok := roles[os.Getenv(roleVariable)]; ok {
		role(os.Args[1:])
		return
	}
	testfs.Together(testsAtOnce)
	os.Exit(m.Run())
}

// child runs this test binary in a role.
type child struct {
	t   testing.TB
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	err bytes.Buffer

	hung *time.Timer // kills the child after hangLimit, which ends every wait for its output
}

// startChild starts the binary in a role and waits until it is ready. It is killed when the test ends.
func startChild(t testing.TB, role string, args ...string) *child {
	t.Helper()
	return startReady(t, command(role, args...))
}

func startReady(t testing.TB, cmd *exec.Cmd) *child {
	t.Helper()
	c := startCommand(t, cmd)
	if got := c.receive(); got != "ready" {
		t.Fatal(got)
	}
	return c
}

func command(role string, args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	if _, err := os.Stat(cmd.Path); err != nil {
		cmd.Path, _ = os.Executable() // not Args[0], which may be relative: a test may have changed the directory
	}
	// Without GORACE a child that was built with the race detector sleeps for a second when it ends.
	cmd.Env = append(os.Environ(), roleVariable+"="+role, "GORACE=atexit_sleep_ms=0")
	return cmd
}

func startCommand(t testing.TB, cmd *exec.Cmd) *child {
	t.Helper()
	c := &child{t: t, cmd: cmd}
	cmd.Stderr = &c.err
	in, err := cmd.StdinPipe()
	noError(t, err)
	out, err := cmd.StdoutPipe()
	noError(t, err)
	c.in, c.out = in, bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		if cmd.SysProcAttr != nil && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EINVAL)) {
			t.Skipf("this root may not become another user: %v", err) // without CAP_SETUID, or in a user namespace without others
		}
		t.Fatal(err)
	}
	c.hung = time.AfterFunc(hangLimit, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { c.hung.Stop(); c.kill() })
	return c
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// kill ends the child as kill -9 does and waits for it.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func (c *child) send(line string) {
	if _, err := fmt.Fprintln(c.in, line); err != nil {
		c.t.Errorf("child %d: %v: %s", c.pid(), err, &c.err)
	}
}

// receive returns the next line that the child prints.
func (c *child) receive() string {
	c.t.Helper()
	c.hung.Reset(hangLimit)
	line, err := c.out.ReadString('\n')
	if err != nil {
		c.t.Fatalf("child %d printed %q and %v: %s", c.pid(), line, err, &c.err)
	}
	return strings.TrimSuffix(line, "\n")
}

// rest closes the child's input and returns the lines that the child prints until it ends.
func (c *child) rest() []string {
	c.t.Helper()
	c.hung.Reset(hangLimit)
	c.in.Close()
	out, err := io.ReadAll(c.out)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Fatalf("child %d: %v: %s", c.pid(), err, &c.err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// playWaiter lives until its standard input ends.
func playWaiter([]string) {
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// waiter starts a live process whose command line has these arguments.
func waiter(t testing.TB, args ...string) *child {
	t.Helper()
	return startChild(t, "wait", args...)
}

// daemon starts a live process that looks like a daemon of 3.x that serves a store.
func daemon(t testing.TB, store string) *child {
	t.Helper()
	cmd := command("wait")
	cmd.Args[0] = titleOf(store)
	return startReady(t, cmd)
}

// asNobody makes cmd run as an unprivileged user if we are root, since permissions do not stop root.
func asNobody(cmd *exec.Cmd) *exec.Cmd {
	const nobody = 65534
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		cmd.Dir = "/"
	}
	return cmd
}
