package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/machine"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// binary is the path of the program. It is built once, without the race detector, as users run it.
var binary string

// binaryVariable gives the path of a program that is already built. Under wine the tests have no go command.
const binaryVariable = "LOCKBAR_TEST_BINARY"

// holdVariable makes this test binary a process that runs until its input ends: the holder of a lock.
const holdVariable = "LOCKBAR_TEST_HOLD"

// countVariable makes this test binary a process that prints its PID, then prints and counts each SIGINT until a SIGTERM, and exits with
// tally of the count. If the value is allSignals, it counts all signals that lockbar run passes on.
const (
	countVariable = "LOCKBAR_TEST_COUNT"
	allSignals    = "all"
)

// hang bounds the time of a command. After it the command is killed and its test fails.
const hang = time.Minute

// patience bounds the wait for an event that should come at once. Only a fault takes so long.
const patience = 20 * time.Second

const ourHost = "mac-a"

func TestMain(m *testing.M) {
	if os.Getenv(holdVariable) != "" {
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	switch os.Getenv(countVariable) {
	case "":
	case allSignals:
		count(passedOn()...)
	default:
		count(syscall.SIGINT, syscall.SIGTERM)
	}
	testfs.Together(8) // most tests wait for processes
	os.Exit(withBinary(m.Run))
}

func count(list ...os.Signal) {
	signals := make(chan os.Signal, 9)
	signal.Notify(signals, list...)
	fmt.Println(os.Getpid())
	for n := 0; ; n++ {
		s := <-signals
		if s == syscall.SIGTERM {
			os.Exit(tally(n))
		}
		fmt.Println(s)
	}
}

// tally returns an exit code that neither lockbar nor a shell uses.
func tally(signals int) int { return 40 + signals }

func withBinary(run func() int) int {
	if binary = os.Getenv(binaryVariable); binary != "" {
		return run()
	}
	dir, err := os.MkdirTemp("", "lockbar-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "lockbar")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	build := exec.Command("go", "build", "-ldflags=-w", "-o", binary, "lockbar") // -w: a third less work for the linker
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return run()
}

// A world is a store, a state directory and an environment for one test.
type world struct {
	t                *testing.T
	root, dir, state string
	extra            []string // variables of the environment besides the usual ones
}

func newWorld(t *testing.T) *world { return worldAt(t, t.TempDir()) }

func worldAt(t *testing.T, root string) *world {
	w := &world{t, root, filepath.Join(root, "store"), filepath.Join(root, "state"), nil}
	testfs.Check(t, os.MkdirAll(w.dir, 0o700))
	return w
}

func (w *world) lock() string { return filepath.Join(w.dir, ".locked") }

// environment returns the variables of a world. They name no session bus, and inherit only PATH, TZ and, on Windows, SystemRoot.
func (w *world) environment() []string {
	env := []string{
		"HOME=" + w.root, "USERPROFILE=" + w.root, "LocalAppData=" + w.root, "AppData=" + w.root, "PATH=" + os.Getenv("PATH"),
		"IAI_MCP_STORE=" + w.dir, "LOCKBAR_STATE_DIR=" + w.state, "LOCKBAR_HOSTNAME=" + ourHost, "TMPDIR=" + w.root,
	}
	if zone, set := os.LookupEnv("TZ"); set {
		env = append(env, "TZ="+zone) // the tests compare local times
	}
	if runtime.GOOS == "windows" {
		env = append(env, "SystemRoot="+os.Getenv("SystemRoot"), "TMP="+w.root)
	}
	return append(env, w.extra...)
}

func (w *world) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(w.t.Context(), hang)
	w.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = w.environment()
	return cmd
}

// A result is what a command printed, and its exit code.
type result struct {
	out, err string
	code     int
}

func (w *world) run(args ...string) result {
	w.t.Helper()
	return finish(w.t, w.command(args...))
}

// here runs a command in this process, which costs a tenth of a start. In the long form it starts a process. So it does on Windows, where a
// test's directory cannot be removed while a file in it is open: commands leave some files open until the process ends.
func (w *world) here(args ...string) result {
	w.t.Helper()
	if testfs.Long() || runtime.GOOS == "windows" {
		return w.run(args...)
	}
	return inProcess(w.t, w.root, w.environment(), args)
}

// inProcess runs a command in this process. The test cannot be parallel, since the process has only one directory, one environment and
// one standard output.
func inProcess(t *testing.T, dir string, env, args []string) result {
	t.Helper()
	t.Chdir(dir)
	out, complaint := captured(t, &os.Stdout), captured(t, &os.Stderr)
	saved := os.Environ()
	setEnvironment(env)
	defer setEnvironment(saved)
	exit := make(chan int, 1)
	go func() { exit <- execute(args) }()
	select {
	case code := <-exit:
		return result{out(), complaint(), code}
	case <-time.After(hang):
		panic(fmt.Sprintf("%q hangs", args))
	}
}

func setEnvironment(env []string) {
	os.Clearenv()
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		_ = os.Setenv(name, value) // fails for the hidden variables of Windows
	}
}

// captured replaces standard output or standard error until text is called, which returns what was written.
func captured(t *testing.T, file **os.File) (text func() string) {
	t.Helper()
	f, err := os.CreateTemp("", "lockbar-test-")
	testfs.Check(t, err)
	saved := *file
	*file = f
	return func() string {
		*file = saved
		data, err := os.ReadFile(f.Name())
		testfs.Check(t, errors.Join(err, f.Close(), os.Remove(f.Name())))
		return string(data)
	}
}

func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	return result{out.String(), complaint.String(), cmd.ProcessState.ExitCode()}
}

// want fails the test if the exit code differs.
func (r result) want(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", r.code, code, r.out, r.err)
	}
	return r
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

func (w *world) write(name string, data []byte) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), data, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) writeLock(r lockcore.Record) { w.t.Helper(); w.write(".locked", r.Encode()) }

func (w *world) mustBeGone(name string) {
	w.t.Helper()
	if _, err := os.Lstat(name); !errors.Is(err, os.ErrNotExist) {
		w.t.Errorf("%s exists (%v)", name, err)
	}
}

func record(host string, pid int) lockcore.Record {
	return lockcore.NewRecord(pid, host, time.Now())
}

// foreign returns a lock of another machine.
func foreign() lockcore.Record { return record("mac-mini", 4242) }

// holder starts a process with these arguments. It ends with the test.
func holder(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return started(t, holding(args...))
}

func holding(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), holdVariable+"=1")
	return cmd
}

func started(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	in, err := cmd.StdinPipe()
	testfs.Check(t, err)
	testfs.Check(t, cmd.Start())
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	return cmd
}

// daemon starts a process that looks like a 3.x daemon of a store.
func daemon(t *testing.T, store string) int {
	cmd := holding()
	if runtime.GOOS == "darwin" {
		cmd.Path = python(t)
	}
	cmd.Args[0] = lockcore.DaemonTitle + " store=" + store
	return started(t, cmd).Process.Pid
}

// python links this test binary as python3, the program that daemons run: on macOS lockbar looks for daemons only among programs that have
// such a name (mayBeDaemon of lockcore). The link is a hard link: through a symbolic link the process would have the name of the target.
func python(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python3")
	testfs.Check(t, os.Link(os.Args[0], path))
	return path
}

// deadPID returns the PID of a process that has ended and is reaped.
func deadPID(t *testing.T) int {
	t.Helper()
	cmd := holder(t)
	testfs.Check(t, cmd.Process.Kill())
	_ = cmd.Wait()
	return cmd.Process.Pid
}

// gone waits for the end of a process. It may remain a zombie: gone does not reap it, whether it is our child or not.
func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if machine.Probe(pid).Presence != machine.Running {
			return
		}
	}
	t.Errorf("process %d still runs", pid)
}
