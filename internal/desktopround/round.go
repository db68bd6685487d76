//go:build linux

package main

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// host is the name of this machine in the scenario, and rival the other one.
const (
	host  = "studio"
	rival = "mac-mini"
)

// round is one play of the scenario.
type round struct {
	*desktop
	report
	store   store
	state   string // lockbar's state directory
	app     *child
	holder  *child // the process that holds the lock here
	removed []byte // the lock that was force-unlocked
	told    int    // notifications before this step
}

func newRound(d *desktop) *round {
	r := &round{desktop: d, store: store{filepath.Join(d.home(), ".iai-mcp")}, state: filepath.Join(d.home(), "state")}
	r.report.out = os.Stdout
	d.env = append(d.env, "LOCKBAR_HOSTNAME="+host, "LOCKBAR_STATE_DIR="+r.state)
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

func urgent(n notification) error {
	if n.urgency != critical {
		return fmt.Errorf("%q is not urgent", n.summary)
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

// startApp starts the app in the tray.
func (r *round) startApp() (err error) {
	r.app, err = r.start("lockbar", r.options.lockbar, "tray")
	return err
}

// hold starts a process that holds the lock as the daemon of this machine
// would, and waits until it does.
func (r *round) hold() (err error) {
	if r.holder, err = r.start("holder", r.options.lockbar, "run", "--take-over", "--", "sleep", "600"); err != nil {
		return err
	}
	return until(r.ctx, patience, func() error {
		pid, err := r.store.holder(host)
		if err == nil && pid != r.holder.pid() {
			err = fmt.Errorf("process %d holds the lock, want %d", pid, r.holder.pid())
		}
		return err
	})
}

// endHolder is the orderly end of our daemon.
func (r *round) endHolder() error {
	if err := r.holder.signal(syscall.SIGTERM); err != nil {
		return err
	}
	_, err := r.holder.exitCode()
	return err
}

// endLeftHolder: the process of a step that failed should not haunt the next.
func (r *round) endLeftHolder() {
	if r.holder != nil && !r.holder.ended() {
		r.endHolder()
	}
}

// takeOver is what the daemon of another machine does, by way of the sync.
func (r *round) takeOver(by string) (lock []byte, err error) {
	lock = foreign(by)
	return lock, r.store.write(lock)
}
