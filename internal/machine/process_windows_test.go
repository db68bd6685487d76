package machine

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
)

// sleeperVariable makes this test binary sleep, or start the program in the variable with its own arguments, as a launcher does.
const sleeperVariable = "LOCKBAR_TEST_SLEEPER"

func init() {
	switch program := os.Getenv(sleeperVariable); program {
	case "":
		return
	case "sleep":
		fmt.Println(os.Getpid())
		time.Sleep(time.Minute)
	default:
		cmd := exec.Command(program, os.Args[1:]...)
		cmd.Env = append(os.Environ(), sleeperVariable+"=sleep")
		cmd.Stdout = os.Stdout
		_ = cmd.Run()
	}
	os.Exit(0)
}

// copyOfSelf returns a copy of this test binary under another name.
func copyOfSelf(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(os.Args[0])
	testfs.Check(t, err)
	dir, err := os.MkdirTemp("", "lockbar") // not t.TempDir: a program that has just ended can still be in use
	testfs.Check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, name)
	testfs.Check(t, os.WriteFile(path, data, 0o700))
	return path
}

// start starts a program that runs until the test ends. The sleeper is the same process, or the one that it launched. When the sleeper
// prints its PID, the system lists it completely (wine 8 first lists a process without its start and its arguments).
func start(t *testing.T, env string, program string, args ...string) (pid, sleeper int) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), sleeperVariable+"="+env, "IAI_MCP_STORE=C:\\süd\\store")
	out, err := cmd.StdoutPipe()
	testfs.Check(t, err)
	testfs.Check(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := fmt.Fscanln(out, &sleeper); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p, err := os.FindProcess(sleeper); err == nil {
			_ = p.Kill()
		}
	})
	return cmd.Process.Pid, sleeper
}

func isSleeper(name string) bool { return strings.HasPrefix(name, "lockbar-test-") }

func TestProbeOfAChild(t *testing.T) {
	long := strings.Repeat("x", 32000-len(os.Args[0])) // CreateProcess takes 32767 characters
	before := time.Now().Add(-time.Second)
	pid, _ := start(t, "sleep", os.Args[0], "-m", "a b", long)
	p := Probe(pid)
	if want := []string{os.Args[0], "-m", "a b", long}; p.Presence != Running || !slices.Equal(p.Args, want) {
		t.Errorf("presence %d, %d arguments", p.Presence, len(p.Args))
	}
	if p.Started.Before(before) || p.Started.After(time.Now().Add(time.Second)) || p.StartID == 0 {
		t.Errorf("started %v", p.Started)
	}
	if got := Probe(pid + 1).Presence; got != Gone {
		t.Errorf("a PID that no process can have: presence %d", got)
	}
	env, whole := Environment(pid)
	if !whole || !slices.Contains(env, "IAI_MCP_STORE=C:\\süd\\store") {
		t.Errorf("environment %t, %q", whole, env)
	}
}

func TestStartID(t *testing.T) {
	const newYear2026 = 134116992000000000 // 2026-01-01 in 100 ns since 1601
	for created, want := range map[int64]uint64{0: 0, -1: 0, math.MinInt64: 0, 1: 0, 0x5555555555555555: 0, math.MaxInt64: 0, newYear2026: 1767225600000000000, newYear2026 + 1: 1767225600000000100} {
		if got := startID(created); got != want {
			t.Errorf("%#x: %d, want %d", created, got, want)
		}
	}
}

// TestTable checks that of a launcher and its child only the child is a candidate.
func TestTable(t *testing.T) {
	launcher, base := copyOfSelf(t, "lockbar-test-launcher.exe"), copyOfSelf(t, "lockbar-test-base.exe")
	parent, child := start(t, base, launcher, "-m", "module")
	table := Table(isSleeper)
	i := slices.IndexFunc(table, func(e Entry) bool { return e.PID == child })
	p := Probe(child)
	if want := (Entry{PID: child, Parent: parent, StartID: p.StartID, Name: "lockbar-test-base.exe", Args: p.Args}); i < 0 || !reflect.DeepEqual(table[i], want) {
		t.Errorf("%+v, want %+v", table, want)
	}
	if p.StartID == 0 || len(p.Args) != 3 {
		t.Errorf("probed %+v", p)
	}
	if got := Candidates(nil, isSleeper); !slices.Contains(got, child) || slices.Contains(got, parent) {
		t.Errorf("candidates %v, want PID %d, and not %d, which launched it", got, child, parent)
	}
	if all := Table(func(string) bool { return true }); len(all) < 3 {
		t.Errorf("the table has only %d processes", len(all))
	}
}
