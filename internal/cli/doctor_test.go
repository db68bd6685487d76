package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/doctor"
)

func checkNamed(t *testing.T, checks []doctor.Check, name string) doctor.Check {
	t.Helper()
	for _, c := range checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %s in %+v", name, checks)
	return doctor.Check{}
}

func TestDoctor(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.write(".stignore", nil)
	checks := decode[doctorObject](t, w.run("doctor", "--json").want(t, 0).out).Checks
	for name, says := range map[string]string{
		"version": "go1.", "config": "defaults", "discovery": "Stores: 1", "store": w.dir + " (found by IAI_MCP_STORE)",
		"lock": "mac-mini", "conflict-copies": "None", "permissions": "writable", "file-events": "every", "sync": "Syncthing",
		"process-probe": "seen", "database-locks": "database", "clock": "20", "state-dir": w.state, "history": "Nothing", "instance": "does not run",
		"login-item": "lockbar login enable", "desktop-session": "", "session-bus": "", "tray-host": "", "notifications": "", "user": "",
	} {
		if name == "session-bus" && (runtime.GOOS == "windows" || runtime.GOOS == "darwin") {
			continue // there is no such thing
		}
		if c := checkNamed(t, checks, name); !strings.Contains(c.Detail, says) {
			t.Errorf("%+v does not say %q", c, says)
		}
	}
	w.mustBeGone(w.state)
	out := w.run("doctor").want(t, 0).out
	if strings.Count(out, "\n") != len(checks) || !strings.Contains(out, "\npass  config           There is no ") {
		t.Errorf("%s", out)
	}
}

// TestDoctorFails where no lock could be removed.
func TestDoctorFails(t *testing.T) {
	w := newWorld(t)
	if err := os.WriteFile(w.state, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := w.run("doctor", "--json").want(t, exitError)
	if c := checkNamed(t, decode[doctorObject](t, r.out).Checks, "state-dir"); c.Result != doctor.Fail || r.err != "" {
		t.Errorf("%+v, stderr %q", c, r.err)
	}
	w.run("doctor").want(t, exitError)
}

// TestDoctorLeavesTheStateDirectoryAsItWas, but for the time of its last change.
func TestDoctorLeavesTheStateDirectoryAsItWas(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.run("unlock", "--yes").want(t, 0)
	before, err := filepath.Glob(filepath.Join(w.state, "*"))
	if err != nil {
		t.Fatal(err)
	}
	checks := decode[doctorObject](t, w.run("doctor", "--json").want(t, 0).out).Checks
	if after, _ := filepath.Glob(filepath.Join(w.state, "*")); strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Errorf("before %q, after %q", before, after)
	}
	if c := checkNamed(t, checks, "history"); !strings.HasPrefix(c.Detail, "Events: 1, ") {
		t.Errorf("%+v", c)
	}
}
