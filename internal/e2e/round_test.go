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
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// options are what the flags say.
type options struct {
	lockbar  string
	out      string
	panel    string
	notifier string
	theme    string
}

var roundFlags = func() *options {
	o := &options{}
	flag.StringVar(&o.lockbar, "round.lockbar", "", "play the desktop round with this `binary`, not one that is built for it")
	flag.StringVar(&o.out, "round.out", "", "play the desktop round, and leave screenshots and logs in this `directory`")
	flag.StringVar(&o.panel, "round.panel", "xfce", "the tray of the round: xfce or lxqt")
	flag.StringVar(&o.notifier, "round.notifier", "dunst", "who shows notifications: dunst or xfce4-notifyd")
	flag.StringVar(&o.theme, "round.theme", "light", "light or dark")
	return o
}()

// check also makes the directory.
func (o options) check() error {
	if panels[o.panel] == nil || notifiers[o.notifier] == nil || themes[o.theme] == (theme{}) {
		return fmt.Errorf("no such -round.panel %s, -round.notifier %s or -round.theme %s", o.panel, o.notifier, o.theme)
	}
	for _, path := range []string{o.lockbar, o.out} {
		if !filepath.IsAbs(path) { // go test starts its programs in their package's directory, and the round its own elsewhere
			return fmt.Errorf("%q is no absolute path", path)
		}
	}
	return os.MkdirAll(o.out, 0o755)
}

// roundTime is when a round has plainly hung: it takes about a minute.
const roundTime = 3 * time.Minute

// TestDesktopRound plays a day of lockbar on a real desktop without a screen:
// an X server in memory, a private message bus, a panel with a tray, a
// notification service, real holder processes, a real mouse. It checks what a
// person would see and what lies on the disk afterwards, and leaves
// screenshots. It prints one line per check and a last line "N passed, N
// failed".
//
// The round needs Debian's packages (it names those that are missing), no root
// and no network. It never touches the desktop of whoever starts it: all of
// its processes live in a directory, on a display and on a bus of their own,
// and are ended by their process numbers.
//
// What the program says over D-Bus is checked to the letter (menu entries,
// icon pixels, notification text). That it also arrives on the screen is
// checked where a picture can be compared: the icon is searched for in the
// screenshot, pixel by pixel, which is how the mouse finds it too.
func TestDesktopRound(t *testing.T) {
	o := *roundFlags
	if o.out == "" {
		t.Skip("it wants -round.out, and a desktop's packages: .ci/desktop-round plays it")
	}
	if o.lockbar == "" {
		o.lockbar = testdesk.Lockbar(t)
	}
	// Without a handler an interrupt would end this process and leave the round's directory.
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	if err := playRound(ctx, t, o); err != nil {
		t.Fatal(err)
	}
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
	desk, err := newDesktop(ctx, t, o)
	if err != nil {
		return err
	}
	defer desk.down()
	if err := desk.up(); err != nil {
		return err
	}
	return newRound(desk).run()
}

// step is one scene. A step that cannot go on returns an error, which its
// check has reported.
type step struct {
	name string
	play func(*round) error
}

// steps is the scenario.
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
	app    *child
	holder *child       // the process that holds the lock here
	alarm  notification // of two programs
	told   int          // notifications before this step
}

func newRound(d *desktop) *round {
	r := &round{desktop: d, store: store{filepath.Join(d.home(), ".iai-mcp")}}
	r.checklist.out = os.Stdout
	d.env = append(d.env, "LOCKBAR_HOSTNAME="+host, "LOCKBAR_STATE_DIR="+filepath.Join(d.home(), "state"))
	return r
}

// run plays the steps in order. Each makes what it needs, so that one failure
// does not hide what comes after it; without the app there is nothing to see.
func (r *round) run() error {
	for _, s := range steps {
		r.step, r.told = s.name, len(r.messages.all())
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

// all plays checks until one fails: what follows would only echo it.
func (r *round) all(checks ...check) error {
	for _, c := range checks {
		if err := r.check(c.name, c.look); err != nil {
			return err
		}
	}
	return nil
}

// check is one line of the report.
type check struct {
	name string
	look func() error
}

// becomes waits for an icon: on the bus to the pixel, and on the screen.
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

// offers waits until the menu shows lines that begin so.
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

// tells waits for a notification of this step with this in its title, and
// hands it to a further look.
func (r *round) tells(title string, within time.Duration, look func(notification) error) check {
	return check{fmt.Sprintf("notification %q", title), func() error {
		return until(r.ctx, within, func() error {
			for _, n := range r.messages.all()[r.told:] {
				if strings.Contains(n.summary, title) {
					return errors.Join(r.shows(n), look(n))
				}
			}
			return fmt.Errorf("none of %+v", r.messages.all()[r.told:])
		})
	}}
}

// urgent: the service is asked to show it until it is over.
func urgent(n notification) error {
	if n.urgency != critical || n.timeout != 0 {
		return fmt.Errorf("%+v is not urgent", n)
	}
	return nil
}

func (r *round) withdrew(n notification) error {
	if !r.messages.hasWithdrawn(n.id) {
		return fmt.Errorf("nobody took %q away", n.summary)
	}
	return nil
}

func anything(notification) error { return nil }

// shoot leaves a screenshot.
func (r *round) shoot(name string) error {
	picture, err := r.shot()
	if err != nil {
		return err
	}
	return r.save(name, picture, image.Rectangle{})
}

// does is a check that only does something.
func does(name string, do func() error) check { return check{name, do} }

// startApp starts the app in the tray, in a terminal that says nothing.
func (r *round) startApp() error {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	defer terminal.Close()
	r.app, err = r.startWith("lockbar", func(c *exec.Cmd) { c.Stdin = terminal }, r.options.lockbar, "tray")
	return err
}

// hold starts a process that holds the lock as the daemon of this machine
// would, and waits until it does.
func (r *round) hold() (err error) {
	if r.holder, err = r.start("holder", r.options.lockbar, "run", "--take-over", "--", "sleep", "600"); err == nil {
		r.store.waitHeld(r.t, r.holder.pid())
	}
	return err
}

// endHolder is the orderly end of our daemon.
func (r *round) endHolder() error {
	if err := r.holder.signal(syscall.SIGTERM); err != nil {
		return err
	}
	return r.holder.waitEnd()
}

// endLeftHolder: the process of a step that failed should not haunt the next.
func (r *round) endLeftHolder() {
	if r.holder != nil && !r.holder.ended() {
		r.endHolder()
	}
}

// takes is what the daemon of another machine does, by way of the sync.
func (r *round) takes(by string) check {
	return does(by+" takes the lock", func() error { r.store.takeOver(r.t, by); return nil })
}

// frees waits until there is no lock.
func (r *round) frees() check {
	return does("the lock is gone", func() error {
		return until(r.ctx, atOnce, func() error {
			if _, err := os.Lstat(r.store.lock()); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("it is there: %w", err)
			}
			return nil
		})
	})
}
