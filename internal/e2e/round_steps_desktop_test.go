//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"strings"

	"lockbar/icons"
)

// panelComesBack restarts the panel after notifications, whose signals once kept
// systray from registering with the next panel.
func panelComesBack(r *round) error {
	return r.all(
		r.takes(rival),
		r.becomes(icons.HeldElsewhere),
		does("notifications were sent before", func() error { return atLeast(1, len(r.messages.all())) }),
		does("the panel is killed and restarted, and the icon is back", r.restartPanel),
		r.becomes(icons.HeldElsewhere),
		r.onScreen(icons.HeldElsewhere),
		r.offers("Held by "+rival, "Force Unlock"),
		r.clicks(icons.HeldElsewhere, "Force Unlock"),
		r.frees(), // so the menu works
		does("a process here takes the lock", r.hold),
		r.becomes(icons.HeldHere),
		does("the submenus work: the mouse confirms", func() error { return r.confirmByMouse(icons.HeldHere) }),
		r.frees(),
		does("the process ends", r.endHolder),
	)
}

func (r *round) restartPanel() error {
	if err := errors.Join(r.kill(r.panel), r.runPanel()); err != nil {
		return err
	}
	return until(r.ctx, patience, func() error { _, err := r.item(); return err })
}

// manyNotifications sends about as many messages as a year brings, and restarts the panel among them.
func manyNotifications(r *round) error {
	sent := 0
	for _, count := range []int{1, 100, 300} {
		if err := r.all(
			does(fmt.Sprintf("test notification %d came", count), func() error {
				for ; sent < count; sent++ {
					if err := r.sendTest(); err != nil {
						return err
					}
				}
				return nil
			}),
			does("the panel is killed and restarted, and the icon is back", r.restartPanel),
			r.becomes(icons.Unlocked),
			r.onScreen(icons.Unlocked),
		); err != nil {
			return err
		}
	}
	return nil
}

// sendTest sends a test notification from the menu, and waits for it on the bus.
func (r *round) sendTest() error {
	before := len(r.messages.all())
	item, err := r.item()
	if err != nil {
		return err
	}
	if err := item.choose("Send a Test Notification"); err != nil {
		return err
	}
	return until(r.ctx, patience, func() error { return atLeast(before+1, len(r.messages.all())) })
}

func atLeast(want, got int) error {
	if got < want {
		return fmt.Errorf("%d, want at least %d", got, want)
	}
	return nil
}

// confirmation removes a lock that may be in use, which needs a second click in a submenu.
func confirmation(r *round) error {
	return r.all(
		does("a process here takes the lock", r.hold),
		r.becomes(icons.HeldHere),
		r.takes("mac-air"),
		r.becomes(icons.Contested),
		does("the mouse goes through the submenu", func() error { return r.confirmByMouse(icons.Contested) }),
		r.frees(),
		does("the process was not touched", func() error {
			if r.holder.Ended() {
				return errors.New("it has ended")
			}
			return r.endHolder()
		}),
		r.becomes(icons.Unlocked),
	)
}

// confirmByMouse opens the submenu of Force Unlock and clicks its only entry.
func (r *round) confirmByMouse(kind icons.Kind) error {
	place, err := r.openMenu(kind)
	if err != nil {
		return err
	}
	row, err := r.light(place, "Force Unlock")
	if err != nil {
		return err
	}
	below, err := r.openSubmenu(row)
	if err != nil {
		return err
	}
	if err := r.shoot("confirmation-" + kind.String()); err != nil {
		return err
	}
	if err := r.click(middle(below), "1"); err != nil {
		return err
	}
	_, err = r.waitMenus(0)
	return err
}

// hostileHost is a host name with markup, mnemonics, terminal escapes, a
// right-to-left override, shell syntax, and great length.
var hostileHost = "<b>_&A\x1b[31m\u202egnp.exe$(id)`id`%s\"'\\" + strings.Repeat("x", 300)

func hostileName(r *round) error {
	return r.all(
		does("old messages are dismissed", r.dismiss),
		r.takes(rival),
		r.becomes(icons.HeldElsewhere),
		r.takes(hostileHost),
		r.notifies("Two computers fight over one store", patience, intact),
		does("the message is on the screen", r.seen),
		r.offers("Held by <b>_&A", "Store: ", "Force Unlock", "Copy Details", "Quit Lockbar"),
		r.photographsMenu("hostile-name", icons.HeldElsewhere),
	)
}

// intact checks that the body of the message has the hostile name without its
// markup, and that the message has no control characters.
func intact(n notification) error {
	control := func(c rune) bool { return c < ' ' || c == '\u202e' }
	if !strings.Contains(n.Body, "_&") || strings.Contains(n.Body, "<b>") || strings.ContainsFunc(n.Summary+n.Body, control) {
		return fmt.Errorf("the message is %q, %q", n.Summary, n.Body)
	}
	return nil
}
