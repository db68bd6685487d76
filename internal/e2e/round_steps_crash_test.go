//go:build linux

package e2e

import (
	"image"

	"lockbar/icons"
)

func holderKilled(r *round) error {
	if err := r.all(does("old messages are dismissed", r.dismiss), does("a process here takes the lock over", r.hold)); err != nil {
		return err
	}
	return r.all(
		r.becomes(icons.HeldHere),
		does("the process is killed", func() error { return r.kill(r.holder) }),
		r.becomes(icons.Stale),
		r.onScreen(icons.Stale),
		r.notifies("left a lock behind", grace+patience, anything),
		does("the message is on the screen", r.seen),
		r.photographsMenu("left-behind", icons.Stale),
		does("the button of the message is clicked", r.pressButton),
		r.frees(),
		r.becomes(icons.Unlocked),
		r.notifies("Lock removed", patience, anything),
	)
}

// around is the margin of a crop.
const around = 12

// photographsMenu returns a check that opens the menu and saves the whole screen,
// and a crop with the icon, the menu and the notifications.
func (r *round) photographsMenu(name string, kind icons.Kind) check {
	return check{"screenshot " + name + ".png with the menu open", func() error {
		icon, err := r.locate(kind)
		if err != nil {
			return err
		}
		menu, err := r.openMenu(kind)
		if err != nil {
			return err
		}
		picture, err := r.still(menu)
		if err != nil {
			return err
		}
		crop := icon.Union(menu)
		crop.Max.X = picture.Bounds().Max.X // to the edge: half a clock would look like a mistake
		for _, window := range r.windows(r.notifierKind().window) {
			crop = crop.Union(window)
		}
		return firstError(
			func() error { return r.save(name, picture, image.Rectangle{}) },
			func() error { return r.save(name+"-crop", picture, crop.Inset(-around)) },
			r.closeMenu,
		)
	}}
}

// firstError runs functions until one fails.
func firstError(all ...func() error) error {
	for _, f := range all {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}
