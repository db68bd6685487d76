package machine

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// sleeperVariable makes this test binary sleep, or first start what stands in the variable, a program, with its own arguments: so a
// launcher does.
const sleeperVariable = "LOCKBAR_TEST_SLEEPER"

func init() {
	switch program := os.Getenv(sleeperVariable); program {
	case "":
		return
	case "sleep":
		time.Sleep(time.Minute)
	default:
		cmd := exec.Command(program, os.Args[1:]...)
		cmd.Env = append(os.Environ(), sleeperVariable+"=sleep")
		_ = cmd.Run()
	}
	os.Exit(0)
}

// copyOfSelf is this test binary under another name.
func copyOfSelf(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "lockbar") // not t.TempDir: a program that has just ended can still be in use
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// start starts a program until the test ends.
func start(t *testing.T, env string, program string, args ...string) int {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), sleeperVariable+"="+env, "IAI_MCP_STORE=C:\\süd\\store")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process.Pid
}

func isSleeper(name string) bool { return strings.HasPrefix(name, "lockbar-test-") }

func TestProbeOfAChild(t *testing.T) {
	long := strings.Repeat("x", 32000-len(os.Args[0])) // CreateProcess takes 32767 characters
	before := time.Now().Add(-time.Second)
	pid := start(t, "sleep", os.Args[0], "-m", "a b", long)
	p := Probe(pid)
	if want := []string{os.Args[0], "-m", "a b", long}; p.Presence != Running || !slices.Equal(p.Args, want) {
		t.Errorf("presence %d, %d arguments", p.Presence, len(p.Args))
	}
	if p.Started.Before(before) || p.Started.After(time.Now().Add(time.Second)) || p.StartID == 0 {
		t.Errorf("started %v", p.Started)
	}
	if got := Probe(pid + 1).Presence; got != Gone {
		t.Errorf("a number that no process can have: %d", got)
	}
	env, whole := Environment(pid)
	if !whole || !slices.Contains(env, "IAI_MCP_STORE=C:\\süd\\store") {
		t.Errorf("environment %t, %q", whole, env)
	}
}

// TestTable: of a launcher and what it launches only the latter is a candidate.
func TestTable(t *testing.T) {
	launcher, base := copyOfSelf(t, "lockbar-test-launcher.exe"), copyOfSelf(t, "lockbar-test-base.exe")
	parent := start(t, base, launcher, "-m", "module")
	var child Entry
	for end := time.Now().Add(20 * time.Second); child.PID == 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for _, e := range Table(isSleeper) {
			if e.Parent == parent && e.StartID == Probe(e.PID).StartID { // wine lists a process before it knows its start
				child = e
			}
		}
	}
	p := Probe(child.PID)
	t.Cleanup(func() {
		if c, err := os.FindProcess(child.PID); err == nil {
			_ = c.Kill()
		}
	})
	if child.Name != "lockbar-test-base.exe" || p.StartID != child.StartID || !slices.Equal(p.Args, child.Args) {
		t.Errorf("%+v, probed %+v", child, p)
	}
	if got := Candidates(nil, isSleeper); !slices.Equal(got, []int{child.PID}) {
		t.Errorf("candidates %v, want PID %d, the child of %d", got, child.PID, parent)
	}
	if all := Table(func(string) bool { return true }); len(all) < 3 {
		t.Errorf("%d processes", len(all))
	}
}
