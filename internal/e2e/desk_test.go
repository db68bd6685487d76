//go:build linux

package e2e

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// host is the name of this machine in all tests.
const host = "studio"

// desk is a user's desktop with lockbar on it.
type desk struct {
	t       testing.TB
	bus     *testdesk.Bus
	watcher *testdesk.Watcher // nil on a desktop without a tray
	notes   *testdesk.Notifications
	home    *testdesk.Home
	store   store
	program string // path of lockbar; empty: the path where it was built
	env     []string
	within  []string      // the command that runs a program on the desk's machine; empty if that is the machine of the test
	timeout time.Duration // bounds one wait
	app     *testdesk.Process
	item    *testdesk.Item
}

// emptyDesk returns a desktop with a notification service, without a tray and without lockbar.
func emptyDesk(t testing.TB) *desk {
	t.Helper()
	bus, home := testdesk.NewBus(t), testdesk.NewHome(t)
	home.Greet(t)
	return &desk{
		t: t, bus: bus, home: home, timeout: patience,
		notes: testdesk.NewNotifications(t, bus), store: store{home.Store()},
	}
}

// newDesk returns a desktop with a notification service and a tray, without lockbar.
func newDesk(t testing.TB) *desk {
	t.Helper()
	d := emptyDesk(t)
	d.watcher = testdesk.NewWatcher(t, d.bus)
	return d
}

// heldDesk returns a desk with lockbar, which shows that another host holds the lock.
func heldDesk(t testing.TB, by string) *desk {
	t.Helper()
	d := newDesk(t)
	d.store.takeOver(t, by)
	d.start().waitIcon(icons.HeldElsewhere)
	return d
}

// freeDesk returns a desk with lockbar, which shows that there is no lock.
func freeDesk(t testing.TB) *desk {
	t.Helper()
	d := newDesk(t)
	d.store.make(t)
	d.start().waitIcon(icons.Unlocked)
	return d
}

// ctx returns a context for one wait. Several waits would need a longer one: some messages come only after ten seconds.
func (d *desk) ctx() context.Context {
	ctx, cancel := context.WithTimeout(d.t.Context(), d.timeout)
	d.t.Cleanup(cancel)
	return ctx
}

// command returns the command that runs lockbar in this session, as this host.
func (d *desk) command(args ...string) testdesk.Command {
	program := d.program
	if program == "" {
		program = testdesk.Lockbar(d.t)
	}
	return d.run(program, args...)
}

// run returns the command that runs a program in this session, on the desk's machine.
func (d *desk) run(program string, args ...string) testdesk.Command {
	argv := slices.Concat(d.within, []string{program}, args)
	env := append([]string{"LOCKBAR_HOSTNAME=" + host}, d.env...)
	return testdesk.Command{Bus: d.bus, Home: d.home, Path: argv[0], Args: argv[1:], Env: env}
}

// start starts the app and waits for its item in the tray.
func (d *desk) start(args ...string) *desk {
	d.t.Helper()
	return d.startCommand(d.command(append([]string{"tray"}, args...)...))
}

// startCommand starts a command of the app and waits for its item in the tray.
func (d *desk) startCommand(c testdesk.Command) *desk {
	d.t.Helper()
	d.app = c.Start(d.t)
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(d.t)
	return d
}

// do runs a command of lockbar to its end.
func (d *desk) do(args ...string) (p *testdesk.Process, code int) {
	d.t.Helper()
	p = d.command(args...).Start(d.t)
	return p, testdesk.Must(p.Wait(d.ctx()))(d.t)
}

// lockbar runs a command that must succeed, and returns its output.
func (d *desk) lockbar(args ...string) string {
	d.t.Helper()
	p, code := d.do(args...)
	if code != 0 {
		d.t.Fatalf("%q: exit code %d, %s%s", args, code, p.Stdout(), p.Stderr())
	}
	return p.Stdout()
}

// until waits until look returns nil. It is for files, because no event tells a test of their changes.
func (d *desk) until(look func() error) {
	d.t.Helper()
	if err := until(d.t.Context(), d.timeout, look); err != nil {
		d.t.Fatal(err)
	}
}

// hold starts a process that holds the lock here, and waits until lockbar shows
// that or, if lockbar does not run, until the lock names the process.
func (d *desk) hold() *testdesk.Process {
	d.t.Helper()
	d.store.make(d.t)
	holder := d.command("run", "--", "sleep", "600").Start(d.t)
	if d.item != nil {
		d.waitIcon(icons.HeldHere)
		return holder
	}
	d.until(func() error { return d.store.heldBy(holder.PID()) })
	return holder
}

// holdAsDaemon starts a process with the daemon's command line, writes its lock,
// and waits until lockbar shows that the lock is held here.
func (d *desk) holdAsDaemon() daemonProcess {
	d.t.Helper()
	daemon := d.store.startDaemon(d.t)
	d.store.write(d.t, record(daemon.Process.Pid, host))
	d.waitIcon(icons.HeldHere)
	return daemon
}

// daemonTitle returns the command line of the store's daemon, as in iai-mcp 3.x.
func (s store) daemonTitle() string { return "iai lilli (iai_mcp.daemon) store=" + s.dir }

func (d *desk) waitIcon(kind icons.Kind) testdesk.Icon {
	d.t.Helper()
	icon, err := d.item.WaitIcon(d.ctx(), is(kind))
	if err != nil {
		d.t.Fatalf("want the icon %v: %v", kind, err)
	}
	return icon
}

// is returns a function that compares an icon with the picture in the repository, pixel by pixel.
func is(kind icons.Kind) func(testdesk.Icon) bool {
	want := picture(kind)
	return func(i testdesk.Icon) bool { return i.Same(want) }
}

func picture(kind icons.Kind) image.Image {
	m, err := png.Decode(bytes.NewReader(icons.Tray(kind)))
	if err != nil {
		panic(err) // the tests of package icons fail too, and say more
	}
	return m
}

// waitLine waits until the menu shows an entry that begins with this text.
func (d *desk) waitLine(text string) testdesk.Entry {
	d.t.Helper()
	var found testdesk.Entry
	_, err := d.item.WaitMenu(d.ctx(), func(menu testdesk.Entry) (ok bool) {
		found, ok = menu.FindShown(text)
		return ok
	})
	if err != nil {
		d.t.Fatalf("want %q in the menu: %v", text, err)
	}
	return found
}

// waitChecked waits until an entry has a check mark, or has none.
func (d *desk) waitChecked(text string, want bool) {
	d.t.Helper()
	if _, err := d.item.WaitMenu(d.ctx(), func(menu testdesk.Entry) bool {
		e, shown := menu.FindShown(text)
		return shown && e.Checked == want
	}); err != nil {
		d.t.Fatalf("want %q in the menu, checked: %t: %v", text, want, err)
	}
}

// choose clicks an entry as soon as it is shown and enabled.
func (d *desk) choose(text string) {
	d.t.Helper()
	if err := d.item.ClickLabel(d.ctx(), text); err != nil {
		d.t.Fatal(err)
	}
}
