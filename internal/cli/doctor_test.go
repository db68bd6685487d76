package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/doctor"
	"lockbar/internal/testfs"
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

// TestDoctor starts the program, since the check of the clock expects a process that is less than a minute old.
func TestDoctor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeLock(foreign())
	w.write(".stignore", nil)
	checks := decode[doctorObject](t, w.run("doctor", "--json").want(t, 0).out).Checks
	for name, want := range map[string]string{
		"version": "go1.", "config": "none is needed", "discovery": "Stores: 1", "store": w.dir + " (found by IAI_MCP_STORE)",
		"lock": "mac-mini", "conflict-copies": "None", "hosts": "No other computer", "permissions": "writable", "file-events": "every", "sync": "Syncthing",
		"process-probe": "seen", "database-locks": "database", "clock": "20", "state-dir": w.state, "history": "Nothing", "instance": "does not run",
		"login-item": "does not start when you log in", "desktop-session": "", "session-bus": "", "tray-host": "", "notifications": "", "user": "",
	} {
		if name == "session-bus" && (runtime.GOOS == "windows" || runtime.GOOS == "darwin") {
			continue // these systems have no session bus
		}
		if c := checkNamed(t, checks, name); !strings.Contains(c.Detail, want) {
			t.Errorf("%+v does not say %q", c, want)
		}
	}
	w.mustBeGone(w.state)
	checkDoctorText(t, w.run("doctor").want(t, 0).out, checks)
}

// checkDoctorText checks that the text has a summary and lists every check, the worst first, and no path twice.
func checkDoctorText(t *testing.T, out string, checks []doctor.Check) {
	t.Helper()
	summary, rest, _ := strings.Cut(out, "\n")
	if !strings.HasPrefix(summary, "Lockbar works here") && !strings.HasPrefix(summary, "Lockbar cannot do its work here") {
		t.Errorf("summary %q", summary)
	}
	for _, c := range checks {
		listed := regexp.MustCompile(`(?m)^  (?:(?:pass|warn|fail)  ` + c.Name + ` |.*\b` + c.Name + `(?:,|$))`)
		if !listed.MatchString(rest) {
			t.Errorf("%s is not listed in\n%s", c.Name, rest)
		}
	}
	seen := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?:^| |\()(/[^\s,;:()]+)`).FindAllStringSubmatch(rest, -1) {
		path := strings.TrimSuffix(found[1], ".")
		if seen[path] {
			t.Errorf("%s is named twice in\n%s", path, rest)
		}
		seen[path] = true
	}
	rank := map[string]int{"fail": 0, "warn": 1, "pass": 2}
	last := 0
	for _, found := range regexp.MustCompile(`(?m)^  (pass|warn|fail)  `).FindAllStringSubmatch(rest, -1) {
		if rank[found[1]] < last {
			t.Errorf("not the worst first:\n%s", rest)
		}
		last = rank[found[1]]
	}
}

// TestDoctorText checks the text of doctor with one thing wrong at a time.
func TestDoctorText(t *testing.T) {
	for name, spoil := range map[string]func(w *world){
		"no store":            func(w *world) { os.RemoveAll(w.dir) },
		"a file is the store": func(w *world) { os.RemoveAll(w.dir); os.WriteFile(w.dir, nil, 0o600) },
		"a file is the state": func(w *world) { os.WriteFile(w.state, nil, 0o600) },
		"state of another machine": func(w *world) {
			os.Mkdir(w.state, 0o700)
			os.WriteFile(filepath.Join(w.state, "machine"), []byte("0123456789abcdef\n"), 0o600)
		},
		"the owner of the state is a directory": func(w *world) { os.Mkdir(w.state, 0o700); os.Mkdir(filepath.Join(w.state, "machine"), 0o700) },
		"a corrupt lock":                        func(w *world) { w.write(".locked", []byte("{")) },
		"copies":                                func(w *world) { w.writeLock(foreign()); w.write(".locked 2", record("mac-b", 7).Encode()) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			spoil(w)
			out := w.here("doctor").out
			checkDoctorText(t, out, decode[doctorObject](t, w.here("doctor", "--json").out).Checks)
			for _, raw := range rawWords {
				if strings.Contains(out, raw) {
					t.Errorf("%q, a word for programmers, is in\n%s", raw, out)
				}
			}
		})
	}
}

func TestSummary(t *testing.T) {
	for _, test := range []struct {
		failed, warned int
		want           string
	}{
		{0, 0, "Lockbar works here, and nothing needs attention."},
		{0, 1, "Lockbar works here; 1 thing needs attention."},
		{0, 2, "Lockbar works here; 2 things need attention."},
		{1, 0, "Lockbar cannot do its work here: 1 check failed."},
		{2, 3, "Lockbar cannot do its work here: 2 checks failed, and 3 things need attention."},
	} {
		if got := summary(test.failed, test.warned); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestSkippedIsNoWarning checks that the summary counts a warning, but no skipped check.
func TestSkippedIsNoWarning(t *testing.T) {
	var out strings.Builder
	printChecks(&out, palette{}, []doctor.Check{
		{Name: "user", Result: doctor.Pass, Detail: "Fine."},
		{Name: "session-bus", Result: doctor.Warn, Detail: "Not checked.", Skipped: true},
		{Name: "state-dir", Result: doctor.Warn, Detail: "Make room."},
	})
	want := "Lockbar works here; 1 thing needs attention.\n\nNeeds attention:\n  warn  state-dir  Make room.\n\nFine (1):\n  pass  user  Fine.\n\n" +
		"Not checked, because of the above:\n  session-bus\n"
	if out.String() != want {
		t.Errorf("%q\nwant %q", out.String(), want)
	}
}

// TestDoctorFails runs doctor where no lock could be removed, since no backup could be made.
func TestDoctorFails(t *testing.T) {
	w := newWorld(t)
	testfs.Check(t, os.WriteFile(w.state, nil, 0o600))
	r := w.here("doctor", "--json").want(t, exitError)
	if c := checkNamed(t, decode[doctorObject](t, r.out).Checks, "state-dir"); c.Result != doctor.Fail || r.err != "" {
		t.Errorf("%+v, stderr %q", c, r.err)
	}
	w.here("doctor").want(t, exitError)
}

// TestDoctorLeavesTheStateDirectoryAsItWas checks that doctor neither adds nor removes a file.
func TestDoctorLeavesTheStateDirectoryAsItWas(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.here("unlock", "--yes").want(t, 0)
	before, err := filepath.Glob(filepath.Join(w.state, "*"))
	testfs.Check(t, err)
	checks := decode[doctorObject](t, w.here("doctor", "--json").want(t, 0).out).Checks
	if after, _ := filepath.Glob(filepath.Join(w.state, "*")); strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Errorf("before %q, after %q", before, after)
	}
	if c := checkNamed(t, checks, "history"); !strings.HasPrefix(c.Detail, "Events: 1, ") {
		t.Errorf("%+v", c)
	}
}
