package cli

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"lockbar/internal/demo"
	"lockbar/lockcore"
)

// TestDemoTellsTheWholeStory: every event of the story is seen, in order, and nothing is left. At this pace one is none: that the
// other machine gives the lock back would be told after ten seconds.
func TestDemoTellsTheWholeStory(t *testing.T) {
	t.Parallel()
	skipOnADesktop(t)
	w := newWorld(t)
	out := w.run("demo", "--pace", "0").want(t, 0).out
	rest := out
	for _, step := range []string{
		"Your own store is not touched", "no desktop session", "initial      unlocked", "acquired     held-here", "taken-over   contested", "cleared      held-elsewhere",
		"and says that it runs", "acquired     held-here", "contested    contested       Two daemons", "cleared      held-here",
		"went-stale   stale", "is gone", "removed      unlocked", "restored     stale", "taken-over   held-elsewhere",
		"cannot be verified", "went-stale   stale", "that computer said", "acquired     held-here", "contested    contested",
		"conflict copy", "cleared      held-here", "released     unlocked",
		"That was Lockbar", "To watch your own store: ", "Your own store, " + w.dir,
	} {
		_, after, found := strings.Cut(rest, step)
		if !found {
			t.Fatalf("no %q after what came before in\n%s", step, out)
		}
		rest = after
	}
	w.nothingLeft()
}

// skipOnADesktop skips a test of the demo on macOS and Windows: where somebody is logged in, the demo shows a real icon there, and real
// notifications. No variable of the environment hides the desktop, as that of the session bus hides a desktop of Linux.
func skipOnADesktop(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("it would show a real icon")
	}
}

// TestFarewell: it is short, and names commands that work.
func TestFarewell(t *testing.T) {
	look := seen{Snapshot: lockcore.Snapshot{Store: "/home/u/.iai-mcp", State: lockcore.Unlocked}}
	missing := seen{Snapshot: lockcore.Snapshot{Store: "/home/u/.iai-mcp", Reason: lockcore.StoreMissing}}
	for _, test := range []struct {
		name    string
		stopped bool
		program string
		there   bool
		own     []seen
		want    []string
		never   string
	}{
		{"installed", false, "lockbar", true, []seen{look},
			[]string{"That was Lockbar", "`lockbar login enable`", "/home/u/.iai-mcp, now: ", "(`lockbar status`"}, "go run"},
		{"go run", true, goRun, false, []seen{look}, []string{"stopped", "store: `go run .`;", "packaging/INSTALL.md", "(`go run . status`"}, "login enable"},
		{"no store yet", false, "./lockbar", true, []seen{missing}, []string{"./lockbar login enable", "not there yet"}, "now:"},
		{"in a temporary directory", false, "/tmp/lockbar", false, []seen{look}, []string{"store: `/tmp/lockbar`;", "packaging/INSTALL.md"}, "login enable"},
		{"several", false, "lockbar", true, []seen{look, missing}, []string{"; 1 more"}, "go run"},
		{"no home", false, "lockbar", true, nil, []string{"That was Lockbar"}, "Your own store"},
	} {
		lines := farewell(test.stopped, test.program, test.there, test.own)
		got := strings.Join(lines, "\n")
		for _, part := range test.want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: no %q in %q", test.name, part, got)
			}
		}
		if len(lines) > 3 || strings.Contains(got, test.never) {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

// daemonPID is how the demo's lines name its holder.
var daemonPID = regexp.MustCompile(`the iai-mcp daemon, PID (\d+)`)

// TestInterruptedDemoLeavesNothing: at the takeover a holder runs, and the store is full.
func TestInterruptedDemoLeavesNothing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no signal can be sent to one process")
	}
	skipOnADesktop(t)
	w := newWorld(t)
	cmd := w.command("demo", "--pace", "0.05")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf, text := make([]byte, 4096), ""
	for !strings.Contains(text, "taken-over") {
		n, err := out.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, text)
		}
		text += string(buf[:n])
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(out)
	if err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(string(rest), "To watch your own store: ") {
		t.Errorf("it does not say what to do next: %q", rest)
	}
	w.nothingLeft()
	named := daemonPID.FindStringSubmatch(text)
	if named == nil {
		t.Fatalf("no holder in %q", text)
	}
	pid, _ := strconv.Atoi(named[1])
	gone(t, pid)
}

// TestHolderEndsWithTheDemo: holders end with the demo, however it ends, since their input does.
func TestHolderEndsWithTheDemo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cmd := w.command(demo.HolderCommand, w.dir, w.state, ourHost)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	w.run("status", "--exit-code").want(t, 10)
	in.Close()
	if err := drain(cmd, out); err != nil {
		t.Error(err)
	}
	w.mustBeGone(w.lock())
}

func drain(cmd *exec.Cmd, out interface{ Read([]byte) (int, error) }) error {
	for buf := make([]byte, 4096); ; {
		if _, err := out.Read(buf); err != nil {
			return cmd.Wait()
		}
	}
}

func (w *world) nothingLeft() {
	w.t.Helper()
	left, err := filepath.Glob(filepath.Join(w.root, "lockbar-demo-*"))
	if err != nil || len(left) > 0 {
		w.t.Errorf("%v is left: %v", left, err)
	}
}
