//go:build windows

package round

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// daemonModule is a minimal daemon: it takes the lock and waits.
const daemonModule = `import datetime, json, os, socket, time

with open(os.path.join(os.environ["IAI_MCP_STORE"], ".locked"), "x") as lock:
    json.dump({"pid": os.getpid(), "hostname": socket.gethostname(), "schema_version": 1,
               "started_at": datetime.datetime.now(datetime.timezone.utc).isoformat()}, lock)
time.sleep(600)
`

const taskName = "lockbar-round"

// TestDaemon lets a real Python hold a lock, and ends it as `lockbar daemon stop` advises. A scheduled task runs a script, which starts
// Python through the launcher of a virtual environment.
func TestDaemon(t *testing.T) {
	r := newRound(t)
	python, err := exec.LookPath("python")
	if err != nil {
		t.Skip("no Python")
	}
	home := filepath.Join(r.work, "home")
	store := filepath.Join(home, ".iai-mcp")
	r.must(os.MkdirAll(filepath.Join(home, "iai_mcp"), 0o777))
	r.must(os.MkdirAll(store, 0o777))
	r.must(os.WriteFile(filepath.Join(home, "iai_mcp", "daemon.py"), []byte(daemonModule), 0o666))
	r.tool(python, "-m", "venv", "--without-pip", filepath.Join(home, "venv"))
	script := filepath.Join(store, "daemon-start.cmd")
	r.must(os.WriteFile(script, []byte(strings.Join([]string{
		"@echo off",
		`set "IAI_MCP_STORE=` + store + `"`,
		`set "PYTHONPATH=` + home + `"`,
		`"` + filepath.Join(home, "venv", "Scripts", "python.exe") + `" -m iai_mcp.daemon`,
	}, "\r\n")+"\r\n"), 0o666))

	r.tool("schtasks", "/Create", "/F", "/TN", taskName, "/SC", "ONCE", "/ST", "23:59", "/TR", script)
	t.Cleanup(func() { _ = exec.Command("schtasks", "/Delete", "/F", "/TN", taskName).Run() })
	t.Cleanup(func() { _ = exec.Command("schtasks", "/End", "/TN", taskName).Run() })
	xml := r.tool("schtasks", "/Query", "/XML", "/TN", taskName)
	r.must(os.WriteFile(filepath.Join(store, "iai-mcp-daemon.task.xml"), []byte(xml), 0o666))

	t.Setenv("USERPROFILE", home)
	a := r.startOn(store)
	before, _ := a.lockbar("daemon", "status")
	t.Logf("before: %s", before)
	if said, code := a.lockbar("daemon", "start"); code != 0 {
		a.fail("start: %s", said)
	}
	a.waitState("held-here")
	status, _ := a.lockbar("daemon", "status")
	t.Logf("then: %s", status)
	said, code := a.lockbar("daemon", "stop")
	advised := advice.FindStringSubmatch(said)
	if code == 0 || advised == nil {
		a.fail("stop: %s", said)
	}
	t.Logf("stop: %s", said)
	r.tool("taskkill", "/F", "/T", "/PID", advised[1])
	t.Logf("stale %d ms after that", a.waitState("stale").Milliseconds())
}

// advice matches the command that `lockbar daemon stop` recommends.
var advice = regexp.MustCompile(`taskkill /F /T /PID (\d+)`)

// tool runs a program of the system, which must succeed, and returns its output.
func (r *round) tool(program string, args ...string) string {
	r.Helper()
	printed, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		r.fail("%s %v: %v: %s", filepath.Base(program), args, err, printed)
	}
	return string(printed)
}
