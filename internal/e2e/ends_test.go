//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// wantOneLine fails the test unless the process ends with this code and has
// printed one line, which contains this text.
func wantOneLine(t testing.TB, p *testdesk.Process, code int, text string) {
	t.Helper()
	if got := testdesk.Must(p.Wait(testdesk.Deadline(t)))(t); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	output := p.Stdout() + p.Stderr()
	if lines := p.Lines(); len(lines) != 1 || !strings.Contains(output, text) {
		t.Errorf("the output is %q, want one line with %q", output, text)
	}
	for _, trace := range []string{"panic", "goroutine ", ".go:"} {
		if strings.Contains(output, trace) {
			t.Errorf("the output has a stack trace: %q", output)
		}
	}
}

// TestBusDies tests the end of the bus while the app is idle, and while it draws, when any call of systray may be the first to fail.
func TestBusDies(t *testing.T) {
	t.Parallel()
	for _, draws := range []bool{false, true} {
		t.Run(fmt.Sprintf("draws %t", draws), func(t *testing.T) {
			t.Parallel()
			d := heldDesk(t, "mac-mini")
			if draws {
				d.store.write(t, []byte("not a lock"))
			}
			d.bus.Kill()
			if draws {
				d.store.takeOver(t, "mac-air")
			}
			wantOneLine(t, d.app, 1, "message bus is gone")
		})
	}
}

// TestMissingBus tests a start with the bus address of a session that has ended.
func TestMissingBus(t *testing.T) {
	t.Parallel()
	env := []string{"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus"}
	wantOneLine(t, testdesk.Command{Env: env}.Start(t), 1, "lockbar watch")
}

// TestSecondStart tests starts while the app runs, the last one after the app's state directory was moved away.
func TestSecondStart(t *testing.T) {
	t.Parallel()
	d := freeDesk(t)
	d.startsNoSecond("tray")
	d.startsNoSecond()
	d.waitNote("already running")
	if got := d.titles(); len(got) != 1 {
		t.Errorf("notifications are %q, want one, of the start without arguments: a start at login (lockbar tray) shows none", got)
	}
	if err := os.Rename(d.home.State(), d.home.State()+"-gone"); err != nil { // a removal would race with the app's writes
		t.Fatal(err)
	}
	d.startsNoSecond("tray")
}

// startsNoSecond starts lockbar again, and checks that it prints that lockbar is already running, and that the first process goes on.
func (d *desk) startsNoSecond(args ...string) {
	d.t.Helper()
	wantOneLine(d.t, d.command(args...).Start(d.t), 0, "already running")
	if items := d.watcher.Items(); len(items) != 1 || d.app.Ended() {
		d.t.Errorf("%d icons are shown, and the first process has ended: %v", len(items), d.app.Ended())
	}
}

// TestMachinesThatShareAHome tests that each of two machines with one home directory shows its own icon.
func TestMachinesThatShareAHome(t *testing.T) {
	t.Parallel()
	d := freeDesk(t)
	other := d.command("tray")
	other.Env = append(other.Env, "LOCKBAR_MACHINE_ID=other")
	other.Start(t)
	if _, err := d.watcher.WaitRegistrations(d.ctx(), 2); err != nil {
		t.Error(err)
	}
}

// TestFileSystemWithoutLocks tests that the app works without flock(2), and that its log and doctor report it.
func TestFileSystemWithoutLocks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	c := d.command("tray")
	args, env := testdesk.WithoutLocks(os.Args[0], append([]string{testdesk.Lockbar(t)}, c.Args...)...)
	c.Path, c.Args, c.Env = args[0], args[1:], append(c.Env, env)
	d.startCommand(c).waitIcon(icons.HeldElsewhere)
	if !strings.Contains(d.app.Stderr(), "no locks") {
		t.Errorf("the log is %q", d.app.Stderr())
	}
	c.Args = append(args[1:len(args)-1:len(args)-1], "doctor")
	doctor := c.Start(t)
	testdesk.Must(doctor.Wait(d.ctx()))(t)
	if got := strings.Count(doctor.Stdout(), "cannot keep two programs from changing a file"); got != 2 {
		t.Errorf("doctor reports missing locks %d times, want it for the store and for the state directory:\n%s", got, doctor.Stdout())
	}
}

// TestPipesInPlaceOfFiles tests that the app works with pipes in place of its files, and that its log names each pipe.
func TestPipesInPlaceOfFiles(t *testing.T) {
	t.Parallel()
	d := freshDesk(t)
	d.store.takeOver(t, "mac-mini")
	testfs.Check(t, os.MkdirAll(d.home.State(), 0o700))
	names := []string{"state.json", "history.jsonl", "tray.lock"}
	for _, name := range names {
		testfs.Check(t, syscall.Mkfifo(filepath.Join(d.home.State(), name), 0o600))
	}
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-air")
	d.waitLine("Held by mac-air")
	for _, name := range names {
		if !strings.Contains(d.app.Stderr(), name+": a pipe") {
			t.Errorf("the log does not name %s: %q", name, d.app.Stderr())
		}
	}
}

func TestOrderlyEnds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, end := range map[string]func() error{
		"quit":    func() error { return d.item.ClickLabel(d.ctx(), "Quit Lockbar") },
		"SIGTERM": func() error { return d.app.Signal(syscall.SIGTERM) },
		"SIGINT":  func() error { return d.app.Signal(syscall.SIGINT) },
	} {
		d.start().waitIcon(icons.Unknown)
		if err := end(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		code := d.waitEnd()
		if output := d.app.Stdout() + d.app.Stderr(); code != 0 || output != "" {
			t.Errorf("%s: exit code %d, output %q", name, code, output)
		}
	}
}
