//go:build linux

package main

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/desktop"
	"lockbar/internal/testdesk"
)

// asHelper names the socket where a fake Mac is. With it this test binary is the helper.
const asHelper = "LOCKBAR_ROUND_SCREEN"

func TestMain(m *testing.M) {
	if socket := os.Getenv(asHelper); socket != "" {
		os.Exit(beHelper(remote{socket}, os.Args[1:]))
	}
	os.Exit(testdesk.Main(m))
}

// beHelper is the helper, and what takes its pictures.
func beHelper(s remote, args []string) int {
	if args[0] != "shot" {
		return run(args, s, os.Stdout, os.Stderr)
	}
	if _, err := s.ask(question{Verb: "shot", File: args[1]}); err != nil {
		return 1
	}
	return 0
}

// theRound is a run of the script on a fake Mac.
type theRound struct {
	t   *testing.T
	dir string // of the stand-ins, and TMPDIR
	env []string
}

func newRound(t *testing.T) *theRound {
	dir, err := os.MkdirTemp("", "mac") // short: it holds a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	r := &theRound{t: t, dir: dir}
	for _, sub := range []string{"bin", "faults", "tmp"} {
		r.must(os.Mkdir(filepath.Join(dir, sub), 0o700))
	}
	for name, body := range standIns {
		r.write("bin/"+name, preamble+body+"\n", 0o700)
	}
	for name, text := range map[string]string{"changed": "", "dark": "false\n", "pmset": ""} {
		r.write(name, text, 0o600)
	}
	mac := newFakeMac(t)
	mac.serve(t, filepath.Join(dir, "screen"))
	self, err := os.Executable()
	r.must(err)
	r.write("helper", "#!/bin/sh\nexec env "+asHelper+"="+filepath.Join(dir, "screen")+" "+self+` "$@"`+"\n", 0o700)
	r.env = append(append(mac.bus.Env(), testdesk.NewHome(t).Env()...), "FAKE="+dir, "TMPDIR="+filepath.Join(dir, "tmp"),
		"LOCKBAR_ROUND_TOOLS="+filepath.Join(dir, "bin"), "REAL_LOCKBAR="+testdesk.Lockbar(t), "REAL_PACK="+testdesk.Build(t, "packaging/pack"),
		"HELPER="+filepath.Join(dir, "helper"), "GITHUB_ACTIONS=true", "LOCKBAR_ROUND_IDLE=1", "LOCKBAR_ROUND_UNTOUCHED=1",
		"LOCKBAR_SIGN_IDENTITY=", "LOCKBAR_NOTARY_PROFILE=", "LOCKBAR_BINARIES=")
	return r
}

func (r *theRound) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *theRound) write(name, text string, mode os.FileMode) {
	r.t.Helper()
	r.must(os.WriteFile(filepath.Join(r.dir, name), []byte(text), mode))
}

// shell is the bash that runs the script. LOCKBAR_ROUND_BASH may name one of 3.2.
func shell() string {
	if bash := os.Getenv("LOCKBAR_ROUND_BASH"); bash != "" {
		return bash
	}
	return "bash"
}

// run runs the script and returns its exit status, what it printed, and the result of each step.
func (r *theRound) run(env []string, args ...string) (status int, printed string, results map[string]result) {
	r.t.Helper()
	out := filepath.Join(r.dir, "out")
	cmd := exec.CommandContext(r.t.Context(), shell(), append(append([]string{"../round"}, args...), out)...)
	cmd.Env = append(slices.Clone(r.env), env...)
	said, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	results = map[string]result{}
	for _, line := range parseResults(r.read("out/results.tsv")) {
		results[line.Step] = line
	}
	return cmd.ProcessState.ExitCode(), string(said), results
}

func (r *theRound) read(name string) string {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Error(err)
	}
	return string(text)
}

// log is what a step printed.
func (r *theRound) log(step string) string {
	files, _ := filepath.Glob(filepath.Join(r.dir, "out/logs", step+"-*.log"))
	var all strings.Builder
	for _, f := range files {
		text, _ := os.ReadFile(f)
		all.Write(text)
	}
	return all.String()
}

func TestRound(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	status, printed, results := r.run(nil, "--yes-really", "--sleep")
	t.Log(printed)
	for step, got := range results {
		want := "PASS"
		if step == "13" {
			want = "UNAVAILABLE"
		}
		if got.Outcome != want {
			t.Errorf("step %s: %s: %s\n%s", step, got.Outcome, got.Reason, r.log(step))
		}
	}
	if len(results) != 16 || status != 0 {
		t.Errorf("%d results, exit %d", len(results), status)
	}
	r.isAsItWas()
	for _, want := range []string{"15 passed, 0 failed, 1 unavailable", "| 7 | PASS |"} {
		if !strings.Contains(r.read("out/report.md"), want) {
			t.Errorf("no %q in %s", want, r.read("out/report.md"))
		}
	}
	_ = maps.Keys(results)
	_ = desktop.BundleID
}

// isAsItWas wants everything undone, and nothing left that runs.
func (r *theRound) isAsItWas() {
	r.t.Helper()
	if left := r.read("changed"); left != "" {
		r.t.Errorf("not undone: %q", left)
	}
	if left, _ := exec.Command("pgrep", "-a", "-f", r.dir).Output(); len(left) > 0 {
		r.t.Errorf("still running: %s", left)
	}
	if left, _ := os.ReadDir(filepath.Join(r.dir, "tmp")); len(left) > 0 {
		r.t.Errorf("left behind: %v", left)
	}
}
