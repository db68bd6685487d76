//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// panelComesBack comes after notifications were sent: they once cost systray
// its connection to the next panel.
func panelComesBack(r *round) error {
	if _, err := r.takeOver(rival); err != nil {
		return err
	}
	return r.all(
		r.becomes(icons.HeldElsewhere),
		does("notifications were sent before", func() error { return atLeast(1, len(r.messages.all())) }),
		does("the panel is killed and started anew, and the icon is back", r.restartPanel),
		r.becomes(icons.HeldElsewhere),
		r.onScreen(icons.HeldElsewhere),
		r.offers("Held by "+rival, "Force Unlock"),
		r.clicks(icons.HeldElsewhere, "Force Unlock"),
		does("its menu works: the lock is gone", func() error { return until(r.ctx, atOnce, r.store.free) }),
		does("a process here takes the lock", r.hold),
		r.becomes(icons.HeldHere),
		does("its submenus work: the mouse confirms", func() error { return r.confirmByMouse(icons.HeldHere) }),
		does("that lock is gone", func() error { return until(r.ctx, atOnce, r.store.free) }),
		does("the process ends", r.endHolder),
	)
}

func (r *round) restartPanel() error {
	r.panel.kill()
	if err := r.runPanel(); err != nil {
		return err
	}
	return until(r.ctx, patience, func() error { _, err := r.item(); return err })
}

// manyNotifications: as many as a year may bring, and the panel restarts among them.
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
			does("the panel is killed and started anew, and the icon is back", r.restartPanel),
			r.becomes(icons.Unlocked),
			r.onScreen(icons.Unlocked),
		); err != nil {
			return err
		}
	}
	return nil
}

// sendTest sends one by the menu, and waits for it on the bus.
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

func notificationsHang(r *round) error {
	if err := r.all(does("a process here takes the lock", r.hold), r.becomes(icons.HeldHere)); err != nil {
		return err
	}
	if err := r.notifier.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	defer r.notifier.signal(syscall.SIGCONT)
	return r.all(
		does("mac-air takes the lock", func() error { _, err := r.takeOver("mac-air"); return err }),
		does("lockbar tells a service that does not answer", func() error {
			return until(r.ctx, patience, func() error { return atLeast(r.told+1, len(r.messages.all())) })
		}),
		does("notifications work again", func() error { return r.notifier.signal(syscall.SIGCONT) }),
		r.tells("write to one store", patience, urgent),
		does("the service got it once", func() error {
			if all := r.messages.all()[r.told:]; len(all) != 1 {
				return fmt.Errorf("it got %+v", all)
			}
			return nil
		}),
		r.becomes(icons.Contested),
		r.offers("Two programs: this computer and mac-air"),
	)
}

// confirmation: what may be in use wants a second click, in a submenu.
func confirmation(r *round) error {
	return r.all(
		r.becomes(icons.Contested),
		does("the mouse goes through the submenu", func() error { return r.confirmByMouse(icons.Contested) }),
		does("the lock is gone", func() error { return until(r.ctx, atOnce, r.store.free) }),
		does("the process was not touched", func() error {
			if r.holder.ended() {
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

// hostileHost is everything that a stranger may put into a host name: markup,
// mnemonics, a terminal's escapes, right-to-left override, a shell, length.
var hostileHost = "<b>_&A\x1b[31m\u202egnp.exe$(id)`id`%s\"'\\" + strings.Repeat("x", 300)

func hostileName(r *round) error {
	if err := r.all(does("old messages are dismissed", r.dismiss)); err != nil {
		return err
	}
	return r.all(
		does(rival+" takes the lock", func() error { _, err := r.takeOver(rival); return err }),
		r.becomes(icons.HeldElsewhere),
		does("a host with a hostile name takes it over", func() error { _, err := r.takeOver(hostileHost); return err }),
		r.tells("Two computers fight over one store", patience, intact),
		does("it is on the screen", r.seen),
		r.offers("Held by <b>_&A", "Store: ", "Force Unlock", "Copy Details", "Quit Lockbar"),
		does("no entry carries controls or more than a line", r.harmless),
		r.photographsMenu("hostile-name", icons.HeldElsewhere),
	)
}

// intact: the body of the message, of a fight by now, carries the name, and is
// markup, which a name must not add to.
func intact(n notification) error {
	control := func(c rune) bool { return c < ' ' || c == '\u202e' }
	if !strings.Contains(n.body, "_&") || strings.Contains(n.body, "<b>") || strings.ContainsFunc(n.summary+n.body, control) {
		return fmt.Errorf("it says %q, %q", n.summary, n.body)
	}
	return nil
}

// longestLine: a host of 64 characters and what stands around it.
const longestLine = 160

func (r *round) harmless() error {
	menu, err := r.menu()
	if err != nil {
		return err
	}
	for e := range menu.All() {
		if err := harmless(e); err != nil {
			return err
		}
	}
	return nil
}

func harmless(e testdesk.Entry) error {
	if strings.ContainsFunc(e.Label, func(c rune) bool { return c < ' ' || c == '\u202e' }) || len([]rune(e.Label)) > longestLine {
		return fmt.Errorf("entry %q", e.Label)
	}
	return nil
}

// busDies ends the session under the app.
func busDies(r *round) error {
	before := r.app.said()
	return r.all(
		does("the bus is killed", func() error { r.busChild().kill(); return nil }),
		does("lockbar ends with a code", func() error {
			code, err := r.app.exitCode()
			if err == nil && code <= 0 {
				err = fmt.Errorf("its code is %d", code)
			}
			return err
		}),
		does("it says why in one sentence", func() error { return saysOneSentence(strings.TrimPrefix(r.app.said(), before)) }),
	)
}

func saysOneSentence(said string) error {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if len(lines) != 1 || lines[0] == "" || strings.Contains(said, "panic") || strings.Contains(said, "goroutine ") {
		return fmt.Errorf("it said %q", said)
	}
	return nil
}
