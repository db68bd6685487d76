package service

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"lockbar/internal/machine"
	"lockbar/internal/testfs"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// schedulerVariable makes copies of this test binary play a task scheduler and the programs that it runs. The variable holds their
// directory. The file name of a copy selects its role.
const schedulerVariable = "LOCKBAR_TEST_SCHEDULER"

func init() {
	dir := os.Getenv(schedulerVariable)
	if dir == "" {
		return
	}
	self, err := os.Executable()
	switch filepath.Base(self) {
	case "schtasks.exe":
		if err = os.WriteFile(filepath.Join(dir, "calls"), []byte(strings.Join(os.Args[1:], " ")), 0o600); err == nil {
			cmd := exec.Command(filepath.Join(dir, "svchost.exe"))
			cmd.SysProcAttr = &syscall.SysProcAttr{NoInheritHandles: true, CreationFlags: windows.CREATE_NO_WINDOW}
			err = cmd.Start()
		}
	case "svchost.exe":
		err = exec.Command("cmd.exe", "/c", filepath.Join(dir, "home", ".iai-mcp", "daemon-start.cmd")).Run()
	case "python.exe": // of a virtual environment
		err = exec.Command(filepath.Join(dir, "python3.12.exe"), os.Args[1:]...).Run()
	case "python3.12.exe":
		time.Sleep(time.Minute)
	default:
		return // the test itself
	}
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// withScheduler makes a home directory with the daemon's task, and the programs.
func withScheduler(t *testing.T) (dir string, store *lockcore.Store) {
	t.Helper()
	dir, err := os.MkdirTemp("", "lockbar") // not t.TempDir: a program that has just ended can still be in use
	testfs.Check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.ReadFile(os.Args[0])
	testfs.Check(t, err)
	for _, name := range []string{"schtasks.exe", "svchost.exe", "python.exe", "python3.12.exe"} {
		testfs.Check(t, os.WriteFile(filepath.Join(dir, name), self, 0o700))
	}
	home := filepath.Join(dir, "home")
	path := filepath.Join(home, ".iai-mcp")
	testfs.Check(t, os.MkdirAll(path, 0o700))
	script := filepath.Join(path, "daemon-start.cmd")
	testfs.Check(t, os.WriteFile(script, []byte("@echo off\r\r\nset \"IAI_MCP_STORE="+path+"\"\r\r\n\""+filepath.Join(dir, "python.exe")+"\" -m iai_mcp.daemon\r\r\n"), 0o600))
	testfs.Check(t, os.WriteFile(filepath.Join(path, "iai-mcp-daemon.task.xml"), []byte(`<Task><RegistrationInfo><URI>\iai-mcp-daemon</URI></RegistrationInfo>`+
		`<Actions><Exec><Command>`+script+`</Command></Exec></Actions></Task>`), 0o600))
	for name, value := range map[string]string{"USERPROFILE": home, "PATH": dir + ";" + os.Getenv("PATH"), schedulerVariable: dir} {
		t.Setenv(name, value)
	}
	store, err = lockcore.Open(path, lockcore.Options{})
	testfs.Check(t, err)
	return dir, store
}

// TestScheduledTask checks that a task is started and found, but not stopped.
func TestScheduledTask(t *testing.T) {
	dir, store := withScheduler(t)
	look := func() State {
		t.Helper()
		states, err := Look(t.Context(), store)
		if err != nil || len(states) != 1 {
			t.Fatalf("%+v, %v", states, err)
		}
		return states[0]
	}
	if s := look(); s.Name != "iai-mcp-daemon" || !s.Own || s.Active || s.PID != 0 {
		t.Errorf("%+v", s)
	}
	if got := ReadInstalled().Stores; !slices.Equal(got, []string{store.Identity()}) {
		t.Errorf("stores %q, want %q", got, store.Identity())
	}
	message, err := Start(t.Context(), store, lockcore.Snapshot{State: lockcore.Unlocked})
	pid := look().PID
	t.Cleanup(func() {
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill() // all others end with this one
		}
	})
	if want := "The daemon was started (PID "; err != nil || !strings.HasPrefix(message, want) {
		t.Fatalf("%q, %v", message, err)
	}
	found := machine.Probe(pid)
	if calls, _ := os.ReadFile(filepath.Join(dir, "calls")); string(calls) != `/Run /TN \iai-mcp-daemon` || filepath.Base(found.Args[0]) != "python3.12.exe" {
		t.Errorf("schtasks got %q, and the task runs %q", calls, found.Args)
	}
	seen := store.Inspect(t.Context(), lockcore.Memory{})
	if seen.State != lockcore.Unlocked || seen.Starting.PID != pid {
		t.Errorf("%v; a daemon is starting, PID %d, want %d", seen.State, seen.Starting.PID, pid)
	}
	daemons := lockcore.Daemons(seen)
	_, err = Stop(t.Context(), store, daemons)
	if refused := (*Refusal)(nil); !errors.As(err, &refused) || refused.Already || !strings.Contains(err.Error(), words.KillCommand(pid)) || hasEnded(daemons[0]) {
		t.Errorf("stop: %v", err)
	}
	checkLooks(t, store, pid)
}

// checkLooks checks that a lock is held if it names the daemon or its launcher, and that the two count as one daemon, even beside another
// computer's lock.
func checkLooks(t *testing.T, store *lockcore.Store, daemon int) {
	t.Helper()
	launcher := 0
	for _, e := range machine.Table(func(name string) bool { return name == "python3.12.exe" }) {
		if e.PID == daemon {
			launcher = e.Parent
		}
	}
	host, err := os.Hostname()
	testfs.Check(t, err)
	for _, test := range []struct {
		pid   int
		host  string
		state lockcore.State
		found int // the PID of the only daemon that is found
	}{
		{daemon, host, lockcore.HeldHere, daemon},
		{launcher, host, lockcore.HeldHere, launcher},
		{4242, "mac-mini", lockcore.Contested, daemon},
	} {
		lock := fmt.Sprintf(`{"pid": %d, "hostname": %q, "started_at": "%s", "schema_version": 1}`, test.pid, test.host, time.Now().UTC().Format("2006-01-02T15:04:05+00:00"))
		testfs.Check(t, os.WriteFile(store.LockPath(), []byte(lock), 0o600))
		seen := store.Inspect(t.Context(), lockcore.Memory{})
		if daemons := lockcore.Daemons(seen); seen.State != test.state || len(daemons) != 1 || daemons[0].PID != test.found {
			t.Errorf("PID %d on %s: %v %s, %+v, want PID %d", test.pid, test.host, seen.State, seen.Reason, daemons, test.found)
		}
	}
}
