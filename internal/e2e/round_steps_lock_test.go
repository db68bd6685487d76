//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// noPanel starts lockbar in a session without a tray, like GNOME without an extension, and then starts a panel.
func noPanel(r *round) error {
	var reported notification
	return errors.Join(
		r.all(
			does("there is a store", func() error { return os.Mkdir(r.store.dir, 0o700) }),
			does("lockbar starts in a terminal", r.startApp),
			r.notifies("No panel shows Lockbar's padlock", panelTime+patience, func(n notification) error { reported = n; return nil }),
			does("the message is on the screen", r.seen),
			does("screenshot no-panel.png", func() error { return r.shoot("no-panel") }),
		),
		r.all(
			does("a panel starts", r.runPanel), // even if a check above failed: the next steps need it
			does("lockbar's icon is in the tray", func() error {
				return until(r.ctx, patience, func() error { _, err := r.item(); return err })
			}),
			does("the message is withdrawn", func() error { return until(r.ctx, patience, func() error { return r.withdrew(reported) }) }),
			r.notifies("Lockbar watches your memory store", patience, anything), // the greeting of the first start
		),
	)
}

// panelTime is the time that lockbar, started in a terminal, waits for a panel.
const panelTime = 10 * time.Second

func heldHere(r *round) error {
	return r.all(
		does("a process here takes the lock", r.hold),
		r.becomes(icons.HeldHere),
		r.onScreen(icons.HeldHere),
		r.offers("Held by this computer", "Force Unlock", "Remove the Lock of "+host),
	)
}

func takenOver(r *round) error {
	return r.all(
		r.takes(rival),
		r.becomes(icons.Contested),
		r.onScreen(icons.Contested),
		r.notifies("write to one store", patience, urgent),
		r.offers("Two programs: this computer and "+rival, "Force Unlock", "Remove the Lock of "+rival),
		does("the message is on the screen", r.seen),
		r.photographsMenu("taken-over", icons.Contested),
		does("the notification service is killed and restarted", func() error {
			r.before = len(r.messages.all())
			return r.restartNotifier()
		}),
		r.notifies("write to one store", patience, func(n notification) error { r.alarm = n; return urgent(n) }),
		does("the message is on the screen again", r.seen),
	)
}

// forceUnlock follows takenOver. Our holder ends, which leaves the other machine's lock; a click on Force Unlock removes that.
func forceUnlock(r *round) error {
	return r.all(
		does("our process ends", r.endHolder),
		r.becomes(icons.HeldElsewhere),
		r.notifies("All clear: only "+rival, patience, r.replacesAlarm),
		r.offers("Held by "+rival, "Force Unlock"),
		r.photographsMenu("held-elsewhere", icons.HeldElsewhere),
		r.clicks(icons.HeldElsewhere, "Force Unlock"),
		r.frees(),
		r.becomes(icons.Unlocked),
		r.offers("Undo Force Unlock"),
	)
}

// replacesAlarm checks that a message replaces the alarm.
func (r *round) replacesAlarm(n notification) error {
	if n.ReplacesID != r.alarm.ID || n.Urgency() != testdesk.Normal {
		return fmt.Errorf("%v after %v", n, r.alarm)
	}
	return nil
}

// undone follows forceUnlock, and puts the lock back.
func undone(r *round) error {
	return r.all(
		does("Undo Force Unlock is chosen", func() error { return r.pickByKeys(icons.Unlocked, "Undo Force Unlock") }),
		r.becomes(icons.HeldElsewhere),
		r.notifies("Lock put back", patience, anything), // if it came later, it would hide the next step's message
	)
}

// clicks returns a check that clicks an entry of the menu with the mouse.
func (r *round) clicks(kind icons.Kind, text string) check {
	return does(fmt.Sprintf("%s is clicked", text), func() error { return r.pickByMouse(kind, text) })
}
