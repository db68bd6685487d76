//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// oneSentence fails the test unless a process ended with this code and one
// line that says why.
func oneSentence(t testing.TB, p *testdesk.Process, code int, words string) {
	t.Helper()
	if got := testdesk.Must(p.Wait(testdesk.Deadline(t)))(t); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	said := p.Stdout() + p.Stderr()
	if lines := p.Lines(); len(lines) != 1 || !strings.Contains(said, words) {
		t.Errorf("it said %q, want one line with %q", said, words)
	}
	for _, trace := range []string{"panic", "goroutine ", ".go:"} {
		if strings.Contains(said, trace) {
			t.Errorf("a trace: %q", said)
		}
	}
}

func TestBusDies(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	d.bus.Kill()
	oneSentence(t, d.app, 1, "message bus is gone")
}

// TestBusDiesAmidWork: every call to systray may be the one that finds out.
func TestBusDiesAmidWork(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.write(t, []byte("not a lock"))
	d.bus.Kill()
	d.store.takeOver(t, "mac-air")
	oneSentence(t, d.app, 1, "message bus is gone")
}

// TestBusThatIsNotThere: the variable is left over from an ended session.
func TestBusThatIsNotThere(t *testing.T) {
	t.Parallel()
	env := []string{"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus"}
	oneSentence(t, testdesk.Command{Env: env}.Start(t), 1, "lockbar watch")
}

func TestSecondStart(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.make(t)
	d.start()
	d.startsNoSecond("tray")
	d.startsNoSecond()
	d.waitNote("already running")
	if got := d.titles(); len(got) != 1 {
		t.Errorf("told %q, want it once: what starts at login asks nothing", got)
	}
}

// startsNoSecond: who starts Lockbar again is told that it runs, and it runs on.
func (d *desk) startsNoSecond(args ...string) {
	d.t.Helper()
	oneSentence(d.t, d.command(args...).Start(d.t), 0, "already running")
	if items := d.watcher.Items(); len(items) != 1 || d.app.Ended() {
		d.t.Errorf("%d icons, the first one ended: %v", len(items), d.app.Ended())
	}
}

// TestSecondStartAfterTheStateDirectoryWent: somebody cleaned up while the app ran.
func TestSecondStartAfterTheStateDirectoryWent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.make(t)
	d.start()
	if err := os.Rename(d.home.State(), d.home.State()+"-gone"); err != nil { // in one step: the app may be writing there
		t.Fatal(err)
	}
	d.startsNoSecond("tray")
}

// TestMachinesThatShareAHome have an icon each.
func TestMachinesThatShareAHome(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.make(t)
	d.start()
	other := d.command("tray")
	other.Env = append(other.Env, "LOCKBAR_MACHINE_ID=other")
	other.Start(t)
	if _, err := d.watcher.WaitRegistrations(d.ctx(), 2); err != nil {
		t.Error(err)
	}
}

// TestFileSystemWithoutLocks: the app works, and its log says what does not.
func TestFileSystemWithoutLocks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	c := d.command("tray")
	args, env := testdesk.WithoutLocks(os.Args[0], append([]string{testdesk.Lockbar(t)}, c.Args...)...)
	c.Path, c.Args, c.Env = args[0], args[1:], append(c.Env, env)
	d.app = c.Start(t)
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(t)
	d.waitIcon(icons.HeldElsewhere)
	if !strings.Contains(d.app.Stderr(), "no locks") {
		t.Errorf("it said %q", d.app.Stderr())
	}
	c.Args = append(args[1:len(args)-1:len(args)-1], "doctor")
	doctor := c.Start(t)
	testdesk.Must(doctor.Wait(d.ctx()))(t)
	if got := strings.Count(doctor.Stdout(), "are not kept apart"); got != 2 {
		t.Errorf("doctor says it %d times, want it of the store and of the state directory:\n%s", got, doctor.Stdout())
	}
}

// TestPipesInThePlaceOfFiles: the app works, and its log names each.
func TestPipesInThePlaceOfFiles(t *testing.T) {
	t.Parallel()
	d := strangeDesk(t)
	d.store.takeOver(t, "mac-mini")
	if err := os.MkdirAll(d.home.State(), 0o700); err != nil {
		t.Fatal(err)
	}
	names := []string{"state.json", "history.jsonl", "tray.lock"}
	for _, name := range names {
		if err := syscall.Mkfifo(filepath.Join(d.home.State(), name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-air")
	d.waitLine("Held by mac-air")
	for _, name := range names {
		if !strings.Contains(d.app.Stderr(), name+": a pipe") {
			t.Errorf("it does not name %s: %q", name, d.app.Stderr())
		}
	}
}

func TestOrderlyEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*desk) error{
		"quit":    func(d *desk) error { return d.item.ClickLabel(d.ctx(), "Quit Lockbar") },
		"SIGTERM": func(d *desk) error { return d.app.Signal(syscall.SIGTERM) },
		"SIGINT":  func(d *desk) error { return d.app.Signal(syscall.SIGINT) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t).start()
			d.waitIcon(icons.Unknown)
			if err := end(d); err != nil {
				t.Fatal(err)
			}
			code := testdesk.Must(d.app.Wait(d.ctx()))(t)
			if said := d.app.Stdout() + d.app.Stderr(); code != 0 || said != "" {
				t.Errorf("code %d, said %q", code, said)
			}
		})
	}
}
