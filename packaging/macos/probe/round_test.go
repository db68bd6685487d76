//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// asHelper names the variable that holds the socket of a fake Mac. If it is set, this test binary is the helper.
const asHelper = "LOCKBAR_ROUND_SCREEN"

func TestMain(m *testing.M) {
	if socket := os.Getenv(asHelper); socket != "" {
		os.Exit(beHelper(remote{socket}, os.Args[1:]))
	}
	testfs.Together(12) // each round mostly waits, above all where a program hangs
	os.Exit(testdesk.Main(m))
}

// beHelper runs the helper, and also takes pictures, as screencapture does.
func beHelper(s remote, args []string) int {
	if args[0] != "shot" {
		return run(args, s, os.Stdout, os.Stderr)
	}
	if _, err := s.ask(Question{Verb: "shot", File: args[1]}); err != nil {
		return 1
	}
	return 0
}

// A theRound is a run of the script on a fake Mac.
type theRound struct {
	t    *testing.T
	dir  string // of the stand-ins, and TMPDIR
	home string
	env  []string
}

// newRound prepares a round on a new fake Mac. It skips the test unless this is the long form: a round takes half a minute, and tests only
// the script.
func newRound(t *testing.T) *theRound {
	t.Parallel()
	if !testfs.Long() {
		t.Skipf("only with %s=1", testfs.LongVariable)
	}
	dir, err := os.MkdirTemp("", "mac") // short: it holds a socket
	testfs.Check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	home := testdesk.NewHome(t)
	r := &theRound{t: t, dir: dir, home: home.Dir}
	for _, sub := range []string{"bin", "faults", "tmp"} {
		r.must(os.Mkdir(filepath.Join(dir, sub), 0o700))
	}
	for name, body := range standIns {
		r.write("bin/"+name, preamble+body+"\n", 0o700)
	}
	for name, text := range map[string]string{"changed": "", "clipboard": "of the owner", "dark": "false\n", "pmset": "", "LICENSE": "MIT\n"} {
		r.write(name, text, 0o600)
	}
	mac := newFakeMac(t)
	mac.serve(t, filepath.Join(dir, "screen"))
	self, err := os.Executable()
	r.must(err)
	r.write("helper", "#!/bin/sh\nexec env "+asHelper+"="+filepath.Join(dir, "screen")+" "+self+` "$@"`+"\n", 0o700)
	r.env = append(append(mac.bus.Env(), home.Env()...), "FAKE="+dir, "TMPDIR="+filepath.Join(dir, "tmp"),
		"LOCKBAR_ROUND_TOOLS="+filepath.Join(dir, "bin"), "REAL_LOCKBAR="+testdesk.Lockbar(t), "REAL_PACK="+testdesk.Build(t, "packaging/pack"),
		"HELPER="+filepath.Join(dir, "helper"), "RUNNER_ENVIRONMENT=github-hosted",
		"LOCKBAR_ROUND_IDLE=1", "LOCKBAR_ROUND_UNTOUCHED=1", "LOCKBAR_ROUND_RESPAWNED=1", "LOCKBAR_ROUND_DEATHS=5", "LOCKBAR_ROUND_REFUSED=1",
		"LOCKBAR_SIGN_IDENTITY=", "LOCKBAR_MACHINE_ID=fedcba9876543210", "LOCKBAR_NOTARY_PROFILE=", "LOCKBAR_BINARIES=")
	return r
}

// handOverApp gives the round what step 3 makes, because step 3 takes most of the time of a round with one other step.
func (r *theRound) handOverApp() {
	r.t.Helper()
	built := filepath.Join(r.dir, "built")
	program := filepath.Join(built, "app/Lockbar.app/Contents/MacOS/lockbar")
	r.must(os.MkdirAll(filepath.Dir(program), 0o700))
	r.must(os.Symlink(testdesk.Lockbar(r.t), program))
	r.must(os.Symlink(testdesk.Build(r.t, "packaging/pack"), filepath.Join(built, "pack")))
	r.must(os.Symlink(filepath.Join(r.dir, "helper"), filepath.Join(built, "probe")))
	r.env = append(r.env, "LOCKBAR_ROUND_BUILT="+built)
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

// shell returns the bash that runs the script. LOCKBAR_ROUND_BASH may name a bash 3.2.
func shell() string {
	if bash := os.Getenv("LOCKBAR_ROUND_BASH"); bash != "" {
		return bash
	}
	return "bash"
}

// A result is the end of a step, a line of results.tsv.
type result struct{ Outcome, Reason string }

// run runs the script and returns its exit status, what it printed, and the result of each step.
func (r *theRound) run(env []string, args ...string) (status int, printed string, results map[string]result) {
	r.t.Helper()
	cmd, output := r.command(env, args...)
	if _, exited := errors.AsType[*exec.ExitError](cmd.Run()); !exited && !cmd.ProcessState.Success() {
		r.t.Fatal(cmd.ProcessState)
	}
	results = map[string]result{}
	for line := range strings.Lines(r.read("out/results.tsv")) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 5)
		if len(f) < 5 {
			r.t.Fatalf("not a result of a step: %q", line)
		}
		results[f[0]] = result{Outcome: f[2], Reason: f[4]}
	}
	return cmd.ProcessState.ExitCode(), output.String(), results
}

// command returns the script's command, and the buffer for its output.
func (r *theRound) command(env []string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	ctx, stop := context.WithTimeout(r.t.Context(), roundTime)
	r.t.Cleanup(stop)
	cmd := exec.CommandContext(ctx, shell(), append(append([]string{"../round"}, args...), filepath.Join(r.dir, "out"))...)
	cmd.Env = append(slices.Clone(r.env), env...)
	output := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(syscall.SIGTERM) }, time.Minute // the round undoes its changes
	return cmd, output
}

// peek reads a file that need not exist yet.
func (r *theRound) peek(name string) string {
	text, _ := os.ReadFile(filepath.Join(r.dir, name))
	return string(text)
}

func (r *theRound) read(name string) string {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Error(err)
	}
	return string(text)
}

// log returns the output of a step.
func (r *theRound) log(step string) string {
	files, _ := filepath.Glob(filepath.Join(r.dir, "out/logs", step+"-*.log"))
	var all strings.Builder
	for _, f := range files {
		text, _ := os.ReadFile(f)
		all.Write(text)
	}
	return all.String()
}

// roundTime is several times what any round here takes. It leaves the round time to undo its changes before go test gives up after ten
// minutes.
const roundTime = 8 * time.Minute

// TestRound runs all steps on a Mac without faults.
func TestRound(t *testing.T) {
	r := newRound(t)
	status, printed, results := r.run(nil, "--yes-really", "--sleep")
	if status != 0 {
		t.Errorf("exit %d: %s", status, printed)
	}
	for step, got := range results {
		want := "PASS"
		if step == "13" {
			want = "UNAVAILABLE" // nobody is logged in to iCloud
		}
		if got.Outcome != want || strings.Contains(got.Reason, "not undone") {
			t.Errorf("step %s: %s: %s\n%s", step, got.Outcome, got.Reason, r.log(step))
		}
	}
	r.isAsItWas()
	for _, want := range []string{"a test of the round", "17 passed, 0 failed, 1 unavailable", "| 8 | PASS | ", "changes seen: "} {
		if report := r.read("out/report.md"); !strings.Contains(report, want) {
			t.Errorf("no %q in %s", want, report)
		}
	}
	if page := r.read("out/pictures.html"); !strings.Contains(page, "pictures/stale-dark.png") {
		t.Errorf("no picture of the stale lock in %s", page)
	}
}

// TestRoundInICloud runs the step that needs an owner's Mac.
func TestRoundInICloud(t *testing.T) {
	r := newRound(t)
	r.handOverApp()
	r.must(os.MkdirAll(filepath.Join(r.home, "Library/Mobile Documents/com~apple~CloudDocs"), 0o700))
	_, _, results := r.run(nil, "--yes-really", "--steps", "13")
	// This Mac's evicted file can still be read, so the app reads the lock.
	if got := results["13"]; got.Outcome != "FAIL" || !strings.Contains(got.Reason, "not called not-downloaded") {
		t.Errorf("%+v", got)
	}
	r.isAsItWas()
}

// TestRoundWithoutLeave checks that without --yes-really the steps that need it call none of the programs that change the Mac.
func TestRoundWithoutLeave(t *testing.T) {
	r := newRound(t)
	_, _, results := r.run([]string{"RUNNER_ENVIRONMENT="}, "--steps", "4,9,11,12,15")
	for _, step := range []string{"9", "11", "12", "15"} {
		if got := results[step]; got.Outcome != "UNAVAILABLE" {
			t.Errorf("step %s: %+v\n%s", step, got, r.log(step))
		}
	}
	for _, call := range strings.Split(r.read("calls"), "\n") {
		name, _, _ := strings.Cut(call, " ")
		if slices.Contains([]string{"sudo", "sqlite3", "tccutil", "defaults", "launchctl", "systemsetup", "brew"}, name) {
			t.Errorf("called: %s", call)
		}
	}
	r.isAsItWas()
}

// TestRoundWithoutAccessibility checks that the steps that must click do not pass, and say why. On GitHub's Macs most of them fail.
func TestRoundWithoutAccessibility(t *testing.T) {
	r := newRound(t)
	r.handOverApp()
	r.write("untrusted", "", 0o600)
	_, _, results := r.run(nil, "--yes-really", "--steps", "5,6,10")
	for step, want := range map[string]string{"5": "FAIL", "6": "FAIL", "10": "UNAVAILABLE"} {
		if got := results[step]; got.Outcome != want || !strings.Contains(got.Reason, "may not click") {
			t.Errorf("step %s: %+v\n%s", step, got, r.log(step))
		}
	}
	r.isAsItWas()
}

// faults maps a stand-in to a step, or two, in which its failure is tried.
var faults = map[string]string{
	"go": "1", "hdiutil": "2", "git": "3", "lipo": "3", "codesign": "3", "plutil": "3", "ditto": "3", "sqlite3": "3", "csrutil": "3", "spctl": "3",
	"xattr": "3", "open": "4 16", "lsappinfo": "4", "lsregister": "4", "tccutil": "4", "fs_usage": "4", "log": "4", "screencapture": "4", "sudo": "4",
	"pbpaste": "6", "defaults": "9", "sfltool": "11", "date": "12", "pmset": "12", "osascript": "14", "brew": "15", "launchctl": "17", "systemctl": "17",
}

// hanging lists a stand-in for each step of faults. One is enough, because the time limit is the step's. sudo is added, since the round
// must also end what runs as root.
var hanging = []string{"go", "hdiutil", "git", "open", "sudo", "pbpaste", "defaults", "sfltool", "date", "osascript", "brew", "launchctl"}

// untried lists the stand-ins whose failure is not tried.
var untried = []string{"brctl", "pbcopy", "pgrep", "killall", "stat", "sw_vers", "sysctl", "systemsetup", "uname", "uuidgen", "xclip", "xcrun"}

func TestEveryStandInIsTried(t *testing.T) {
	for name := range standIns {
		if (faults[name] == "") == !slices.Contains(untried, name) {
			t.Errorf("%s is not in exactly one of faults and untried", name)
		}
	}
	var hung []string
	for _, name := range hanging {
		hung = append(hung, strings.Fields(faults[name])...)
	}
	for name, steps := range faults {
		for step := range strings.FieldsSeq(steps) {
			if !slices.Contains(hung, step) {
				t.Errorf("no stand-in hangs in step %s, which needs %s", step, name)
			}
		}
	}
}

// TestRoundWithAFault makes each stand-in of faults fail, and those of hanging hang. The round must end in time, report the step, and
// undo its changes.
func TestRoundWithAFault(t *testing.T) {
	t.Parallel()
	for name, steps := range faults {
		for step := range strings.FieldsSeq(steps) {
			t.Run(name+" fails in "+step, func(t *testing.T) { testFault(t, name, "fails", step) })
			if slices.Contains(hanging, name) {
				t.Run(name+" hangs in "+step, func(t *testing.T) { testFault(t, name, "hangs", step, "LOCKBAR_ROUND_PATIENCE=12") })
			}
		}
	}
}

func testFault(t *testing.T, name, fault, step string, env ...string) {
	r := newRound(t)
	if step != "3" {
		r.handOverApp()
	}
	r.write("faults/"+name, fault, 0o600)
	_, printed, results := r.run(env, "--yes-really", "--sleep", "--steps", step)
	got := results[step]
	if got.Outcome == "PASS" || got.Reason == "" {
		t.Errorf("%+v: %s", got, printed)
	}
	if fault == "fails" && strings.Contains(got.Reason, "not done in") {
		t.Errorf("waited for what had failed: %+v", got)
	}
	r.must(os.Remove(filepath.Join(r.dir, "faults", name)))
	r.isAsItWas()
}

// TestRoundSeesMachinesGoWrong makes two steps fail: in one the app has the other computer's id, and so ignores that computer's file; in
// the other launchd starts the stopped daemon again.
func TestRoundSeesMachinesGoWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ step, env, file, says string }{
		{"16", "LOCKBAR_MACHINE_ID=00112233445566aa", "", "lockbar hosts says"},
		{"17", "LOCKBAR_ROUND_RESPAWNED=6", "respawns", "launchd has started it again"},
	} {
		t.Run(test.step, func(t *testing.T) {
			r := newRound(t)
			r.handOverApp()
			if test.file != "" {
				r.write(test.file, "", 0o600)
			}
			_, printed, results := r.run([]string{test.env}, "--steps", test.step)
			if got := results[test.step]; got.Outcome != "FAIL" || !strings.Contains(got.Reason, test.says) {
				t.Errorf("%+v: %s", got, printed)
			}
			r.isAsItWas()
		})
	}
}

// TestRoundIsInterrupted checks that Ctrl-C ends a step, undoes it, and leaves a report.
func TestRoundIsInterrupted(t *testing.T) {
	r := newRound(t)
	r.handOverApp()
	r.interrupt("lsappinfo", "4")
	if report := r.read("out/report.md"); !strings.Contains(report, "| 4 | **FAIL** | ") || !strings.Contains(report, "| interrupted |") {
		t.Errorf("the report is %s", report)
	}
	r.isAsItWas()
}

// TestRoundIsInterruptedWhileItUndoes checks that the round puts everything back even if Ctrl-C comes while it does so.
func TestRoundIsInterruptedWhileItUndoes(t *testing.T) {
	r := newRound(t)
	r.handOverApp()
	r.interrupt("systemsetup -setusingnetworktime on", "9,12")
	r.isAsItWas()
}

// interrupt sends the signal of Ctrl-C while a call of a stand-in hangs.
func (r *theRound) interrupt(call, steps string) {
	r.t.Helper()
	r.write("faults/"+call, "hangs", 0o600)
	cmd, output := r.command(nil, "--yes-really", "--steps", steps)
	r.must(cmd.Start())
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	r.waitCall("\n"+call, over)
	r.must(os.Remove(filepath.Join(r.dir, "faults", call)))
	r.must(cmd.Process.Signal(syscall.SIGINT))
	if err := <-over; err == nil {
		r.t.Errorf("it succeeded: %s", output)
	}
}

// waitCall waits until the round has called a stand-in, and fails the test if the round is over before.
func (r *theRound) waitCall(call string, over <-chan error) {
	r.t.Helper()
	for !strings.Contains(r.peek("calls"), call) {
		select {
		case err := <-over:
			r.t.Fatalf("the round was over before it called %s: %v", call, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestRoundIsCalledWrongly(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, args := range [][]string{nil, {"a", "b"}, {"--steps", "x", "a"}, {"--steps", "", "a"}, {"--sleep", "a"}, {"--no", "a"}, {"--steps", "19", "a"}, {"--steps", "0-2", "a"}} {
		cmd := exec.Command(shell(), append([]string{"../round"}, args...)...)
		if output, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 {
			t.Errorf("%q: %v: %s", args, err, output)
		}
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestRoundKnowsTheApp compares the script's id with the program's, because the script cannot read Go.
func TestRoundKnowsTheApp(t *testing.T) {
	text, err := os.ReadFile("../round.d/build.sh")
	testfs.Check(t, err)
	if !strings.Contains(string(text), "bundle_id="+desktop.BundleID+"\n") || desktop.LaunchAgentLabel != desktop.BundleID+".login" {
		t.Error("the script's id differs from that of internal/desktop")
	}
}

// newer matches syntax that the bash 3.2 of macOS lacks.
var newer = regexp.MustCompile(`\b(mapfile|readarray|coproc)\b|\b(declare|local|typeset) -[a-zA-Z]*[Ang]|\$\{[a-zA-Z_]+(\^|,|@[A-Za-z])|\|&|&>>|\bwait -n|;;&|;&|printf +['"]?%\(|\[\[ -v|\$\{?EPOCH|BASHPID`)

func TestRoundIsForBash32(t *testing.T) {
	files, err := filepath.Glob("../round.d/*.sh")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "../round", "../pictures", "../build", "../../lib.sh") {
		text, err := os.ReadFile(file)
		testfs.Check(t, err)
		if found := newer.Find(text); found != nil {
			t.Errorf("%s has %q", file, found)
		}
	}
}

// isAsItWas checks that everything is undone, and that no process is left.
func (r *theRound) isAsItWas() {
	r.t.Helper()
	if left := r.read("changed"); left != "" {
		r.t.Errorf("not undone: %q", left)
	}
	left, err := exec.Command("pgrep", "-a", "-f", r.dir+"/").CombinedOutput()
	if exit, _ := errors.AsType[*exec.ExitError](err); exit == nil || exit.ExitCode() != 1 {
		r.t.Errorf("still running: %v: %s", err, left)
	}
	left, err = exec.Command("find", filepath.Join(r.dir, "tmp"), "-mindepth", "1").CombinedOutput()
	if err != nil || len(left) > 0 {
		r.t.Errorf("left behind: %v: %s", err, left)
	}
}
