//go:build linux

package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// options holds the flags of the round.
type options struct {
	lockbar  string
	out      string
	panel    string
	notifier string
	theme    string
}

var roundFlags = func() *options {
	o := &options{}
	flag.StringVar(&o.lockbar, "round.lockbar", "", "play the desktop round with this `binary` instead of a new build")
	flag.StringVar(&o.out, "round.out", "", "play the desktop round, and write screenshots and logs into this `directory`")
	flag.StringVar(&o.panel, "round.panel", "xfce", "the tray of the round: xfce or lxqt")
	flag.StringVar(&o.notifier, "round.notifier", "dunst", "the notification service of the round: dunst or xfce4-notifyd")
	flag.StringVar(&o.theme, "round.theme", "light", "the theme of the round: light or dark")
	return o
}()

// check validates the options and makes the output directory.
func (o options) check() error {
	if panels[o.panel] == nil || notifiers[o.notifier] == nil || themes[o.theme] == (theme{}) {
		return fmt.Errorf("no such -round.panel %s, -round.notifier %s or -round.theme %s", o.panel, o.notifier, o.theme)
	}
	for _, path := range []string{o.lockbar, o.out} {
		if !filepath.IsAbs(path) { // the round starts programs in other directories
			return fmt.Errorf("%q is not an absolute path", path)
		}
	}
	return os.MkdirAll(o.out, 0o755)
}

// roundTime bounds a round, which takes about a minute.
const roundTime = 3 * time.Minute

// TestDesktopRound plays a day of lockbar on a real desktop without a screen:
// an X server in memory, a private message bus, a panel with a tray, a
// notification service, real holder processes, and the server's mouse and
// keyboard, which xdotool moves and presses. It checks what a
// user would see and the files on the disk afterwards, and saves screenshots.
// It prints one line per check and a last line "N passed, N failed".
//
// The round needs Debian's packages (it names those that are missing), no root
// and no network. It never touches the desktop of the user who starts it: all
// of its processes have a directory, a display and a bus of their own.
//
// The round checks the data on D-Bus (beginnings of menu entries, icon pixels,
// parts of notifications). On the screen it searches for the pixels of the icon, also
// to click it, and checks that menus and notifications have windows.
func TestDesktopRound(t *testing.T) {
	o := *roundFlags
	if o.out == "" {
		t.Skip("needs -round.out and the packages of a desktop; .ci/desktop-round plays it")
	}
	if o.lockbar == "" {
		o.lockbar = testdesk.Lockbar(t)
	}
	// Without a handler an interrupt would leave the round's directory behind.
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	testfs.Check(t, playRound(ctx, t, o))
}

var errFailed = errors.New("the round failed")

// playRound plays one round on a desktop of its own.
func playRound(ctx context.Context, t testing.TB, o options) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := checkPrograms(o); err != nil {
		return err
	}
	desk := newDesktop(ctx, t, o)
	if err := desk.up(); err != nil {
		return err
	}
	return newRound(desk).run()
}

// step is one scene. play returns the error of a failed check, which is already
// in the report.
type step struct {
	name string
	play func(*round) error
}

// steps lists the scenes of the scenario, in order.
var steps = []step{
	{"no panel", noPanel},
	{"held here", heldHere},
	{"taken over", takenOver},
	{"force unlock by mouse", forceUnlock},
	{"undo by keys", undone},
	{"holder killed", holderKilled},
	{"confirmation", confirmation},
	{"panel restarts", panelComesBack},
	{"many notifications", manyNotifications},
	{"hostile name", hostileName},
}

// rival is the other machine of the scenario.
const rival = "mac-mini"

// round is one play of the scenario.
type round struct {
	*desktop
	checklist
	store  store
	app    *testdesk.Process
	holder *testdesk.Process // the process that holds the lock here
	alarm  notification      // about two programs
	before int               // number of notifications before this step, or before a restart of the service in it
}

func newRound(d *desktop) *round {
	r := &round{desktop: d, store: store{d.home.Store()}}
	r.checklist.out = os.Stdout
	d.env = append(d.env, "LOCKBAR_HOSTNAME="+host)
	return r
}

// run plays the steps in order. It goes on after a failure, unless the app is
// missing, because most steps prepare their own scene.
func (r *round) run() error {
	for _, s := range steps {
		r.step, r.before = s.name, len(r.messages.all())
		if err := s.play(r); err != nil {
			r.shoot("failed-" + strings.ReplaceAll(s.name, " ", "-"))
			r.closeMenu()
			r.endLeftHolder()
		}
		if r.ctx.Err() != nil || r.app == nil {
			break
		}
	}
	return r.close()
}

// all runs checks until one fails, because the later ones would fail too.
func (r *round) all(checks ...check) error {
	for _, c := range checks {
		if err := r.check(c.name, c.look); err != nil {
			return err
		}
	}
	return nil
}

// check is a named function, whose result is one line of the report.
type check struct {
	name string
	look func() error
}

// becomes returns a check that waits for an icon on the bus and compares its pixels.
func (r *round) becomes(kind icons.Kind) check {
	return check{"icon " + kind.String() + " at once", func() error {
		return until(r.ctx, atOnce, func() error {
			i, err := r.item()
			if err != nil {
				return err
			}
			return i.shows(kind)
		})
	}}
}

func (r *round) onScreen(kind icons.Kind) check {
	return check{"icon " + kind.String() + " on the screen", func() error {
		_, err := r.locate(kind)
		return err
	}}
}

// offers returns a check that waits until the menu shows entries that begin with these texts.
func (r *round) offers(lines ...string) check {
	return check{fmt.Sprintf("menu shows %q", lines), func() error {
		return until(r.ctx, patience, func() error {
			menu, err := r.menu()
			if err != nil {
				return err
			}
			return missingLine(menu, lines)
		})
	}}
}

func missingLine(menu testdesk.Entry, lines []string) error {
	for _, line := range lines {
		if _, ok := menu.FindShown(line); !ok {
			return fmt.Errorf("no %q in the menu\n%v", line, menu)
		}
	}
	return nil
}

// notifies returns a check that waits for a notification of this step with this
// text in its title, and passes the notification to look.
func (r *round) notifies(title string, within time.Duration, look func(notification) error) check {
	return check{fmt.Sprintf("notification %q", title), func() error {
		return until(r.ctx, within, func() error {
			for _, n := range r.messages.all()[r.before:] {
				if strings.Contains(n.Summary, title) {
					return errors.Join(r.shows(n), look(n))
				}
			}
			return fmt.Errorf("no such notification in %v", r.messages.all()[r.before:])
		})
	}}
}

// urgent checks that a message is critical and never expires.
func urgent(n notification) error {
	if n.Urgency() != testdesk.Critical || n.Timeout != 0 {
		return fmt.Errorf("%v, which expires after %d ms, is not urgent", n, n.Timeout)
	}
	return nil
}

func (r *round) withdrew(n notification) error {
	if !r.messages.hasWithdrawn(n.ID) {
		return fmt.Errorf("%q was not withdrawn", n.Summary)
	}
	return nil
}

func anything(notification) error { return nil }

// shoot saves a screenshot.
func (r *round) shoot(name string) error {
	picture, err := r.shot()
	if err != nil {
		return err
	}
	return r.save(name, picture, image.Rectangle{})
}

// does returns a check that performs an action.
func does(name string, do func() error) check { return check{name, do} }

// startApp starts the app with a terminal as its input.
func (r *round) startApp() error {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	defer terminal.Close()
	r.app = r.launch("lockbar", testdesk.Command{Path: r.options.lockbar, Args: []string{"tray"}, Stdin: terminal})
	return nil
}

// hold starts a process of this machine and waits until it holds the lock.
func (r *round) hold() error {
	args := []string{"run", "--take-over", "--", "sleep", "600"}
	r.holder = r.launch("holder", testdesk.Command{Path: r.options.lockbar, Args: args})
	return until(r.ctx, patience, func() error { return r.store.heldBy(r.holder.PID()) })
}

// endHolder ends our holder with SIGTERM.
func (r *round) endHolder() error {
	if err := r.holder.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	_, err := r.holder.Wait(r.ctx)
	return err
}

// endLeftHolder ends the holder that a failed step left behind.
func (r *round) endLeftHolder() {
	if r.holder != nil && !r.holder.Ended() {
		r.endHolder()
	}
}

// takes returns a check that writes the lock of another machine's daemon, as a sync program does.
func (r *round) takes(by string) check {
	return does(by+" takes the lock", func() error { r.store.takeOver(r.t, by); return nil })
}

// frees returns a check that waits until there is no lock.
func (r *round) frees() check {
	return does("the lock is gone", func() error {
		return until(r.ctx, atOnce, func() error {
			if _, err := os.Lstat(r.store.lock()); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("the lock is still there (%v)", err)
			}
			return nil
		})
	})
}
