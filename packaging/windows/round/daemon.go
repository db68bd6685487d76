//go:build windows

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// daemonModule is a minimal daemon: it takes the lock and waits.
const daemonModule = `import datetime, json, os, socket, time

with open(os.path.join(os.environ["IAI_MCP_STORE"], ".locked"), "x") as lock:
    json.dump({"pid": os.getpid(), "hostname": socket.gethostname(), "schema_version": 1,
               "started_at": datetime.datetime.now(datetime.timezone.utc).isoformat()}, lock)
time.sleep(600)
`

const taskName = "lockbar-round"

// stepDaemon has a real Python, started through the launcher of a virtual environment by a script of a real task, take a lock.
func stepDaemon(r *round) {
	python, err := exec.LookPath("python")
	if err != nil {
		unavailable("no Python")
	}
	home := filepath.Join(r.work, "home")
	store := filepath.Join(home, ".iai-mcp")
	must("store", os.MkdirAll(filepath.Join(home, "iai_mcp"), 0o777))
	must("store", os.MkdirAll(store, 0o777))
	must("module", os.WriteFile(filepath.Join(home, "iai_mcp", "daemon.py"), []byte(daemonModule), 0o666))
	r.tool(python, "-m", "venv", "--without-pip", filepath.Join(home, "venv"))
	script := filepath.Join(store, "daemon-start.cmd")
	must("script", os.WriteFile(script, []byte(strings.Join([]string{
		"@echo off",
		`set "IAI_MCP_STORE=` + store + `"`,
		`set "PYTHONPATH=` + home + `"`,
		`"` + filepath.Join(home, "venv", "Scripts", "python.exe") + `" -m iai_mcp.daemon`,
	}, "\r\n")+"\r\n"), 0o666))

	r.tool("schtasks", "/Create", "/F", "/TN", taskName, "/SC", "ONCE", "/ST", "23:59", "/TR", script)
	r.onExit(func() { _ = exec.Command("schtasks", "/Delete", "/F", "/TN", taskName).Run() })
	r.onExit(func() { _ = exec.Command("schtasks", "/End", "/TN", taskName).Run() })
	xml := r.tool("schtasks", "/Query", "/XML", "/TN", taskName)
	must("task", os.WriteFile(filepath.Join(store, "iai-mcp-daemon.task.xml"), []byte(xml), 0o666))

	old := os.Getenv("USERPROFILE")
	must("home", os.Setenv("USERPROFILE", home))
	r.onExit(func() { must("home", os.Setenv("USERPROFILE", old)) })
	a := r.startOn("daemon", store)
	before, _ := a.lockbar("daemon", "status")
	r.note("before: %s", before)
	if said, code := a.lockbar("daemon", "start"); code != 0 {
		fail("start: %s", said)
	}
	a.waitState("held-here")
	status, _ := a.lockbar("daemon", "status")
	r.note("then: %s", status)
	said, code := a.lockbar("daemon", "stop")
	advised := advice.FindStringSubmatch(said)
	if code == 0 || advised == nil {
		fail("stop: %s", said)
	}
	r.note("stop: %s", said)
	r.tool("taskkill", "/F", "/T", "/PID", advised[1])
	r.note("stale %d ms after that", a.waitState("stale").Milliseconds())
}

// advice is the command that `lockbar daemon stop` recommends.
var advice = regexp.MustCompile(`taskkill /F /T /PID (\d+)`)

// tool runs a program of the system, which must succeed, and returns its output.
func (r *round) tool(program string, args ...string) string {
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		fail("%s %v: %v: %s", filepath.Base(program), args, err, out)
	}
	return string(out)
}
