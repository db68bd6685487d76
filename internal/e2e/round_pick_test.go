//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"strconv"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// The round uses a menu as a user does. Only the toolkit knows where the entries
// are, so the test presses Down as often as needed to reach an entry, and then
// clicks the highlighted row.

// openMenu clicks the icon, which must be of this kind, and returns the rectangle
// of the menu.
func (d *desktop) openMenu(kind icons.Kind) (image.Rectangle, error) {
	at, err := d.locate(kind)
	if err != nil {
		return image.Rectangle{}, err
	}
	if err := d.click(middle(at), d.panelKind().button); err != nil {
		return image.Rectangle{}, err
	}
	return d.waitMenus(1)
}

// locate finds the icon on the screen.
func (d *desktop) locate(kind icons.Kind) (at image.Rectangle, err error) {
	err = until(d.ctx, patience, func() error {
		screen, err := d.shot()
		if err != nil {
			return err
		}
		var found bool
		if at, found = findIcon(screen, kind); !found {
			return fmt.Errorf("no icon %v on the screen", kind)
		}
		return nil
	})
	return at, err
}

func (d *desktop) click(at image.Point, button string) error {
	_, err := d.run(xdotool, "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", button)
	return err
}

// hover moves the pointer to a point in more than one step, so that a submenu
// opens by itself. (A click could close a submenu that has just opened.)
func (d *desktop) hover(at image.Point) error {
	for x := at.X - 2; x <= at.X; x++ {
		if _, err := d.run(xdotool, "mousemove", strconv.Itoa(x), strconv.Itoa(at.Y)); err != nil {
			return err
		}
	}
	return nil
}

// openSubmenu hovers over the row of a submenu until the submenu opens: GTK ignores the pointer while it still handles keys. After each
// failure the pointer moves to the row above, so that it enters the row again.
func (d *desktop) openSubmenu(row image.Rectangle) (place image.Rectangle, err error) {
	at := middle(row)
	opens := func() error { _, err := d.lastOf(2); return err }
	err = until(d.ctx, patience, func() error {
		if err := d.hover(at); err != nil {
			return err
		}
		err := until(d.ctx, submenuTime, opens)
		if err != nil {
			return errors.Join(err, d.hover(at.Sub(image.Pt(0, row.Dy()))))
		}
		return nil
	})
	if err != nil {
		return place, err
	}
	return d.waitMenus(2)
}

// submenuTime is much longer than the quarter of a second after which a toolkit opens a submenu.
const submenuTime = 5 * time.Second

func (d *desktop) press(keys ...string) error {
	_, err := d.run(xdotool, append([]string{"key"}, keys...)...)
	return err
}

// waitMenus waits until count menus are open and the last one does not change, and
// returns its rectangle.
func (d *desktop) waitMenus(count int) (place image.Rectangle, err error) {
	err = until(d.ctx, patience, func() error {
		place, err = d.lastOf(count)
		return err
	})
	if err != nil || count == 0 {
		return place, err
	}
	_, err = d.still(place)
	return place, err
}

// lastOf returns the rectangle of the last open menu, or an error if the number of open menus is not count.
func (d *desktop) lastOf(count int) (place image.Rectangle, err error) {
	open := d.windows(d.panelKind().window)
	if len(open) != count {
		return place, fmt.Errorf("%d menus are open, want %d", len(open), count)
	}
	if count > 0 {
		place = open[count-1]
	}
	return place, nil
}

// still takes screenshots until an area is the same in two of them, and returns the last one.
func (d *desktop) still(area image.Rectangle) (screen image.Image, err error) {
	err = until(d.ctx, patience, func() error {
		before := screen
		if screen, err = d.shot(); err != nil {
			return err
		}
		if before == nil || !difference(before, screen, area).Empty() {
			return errors.New("the screen does not come to rest")
		}
		return nil
	})
	return screen, err
}

// closeMenu closes open menus.
func (d *desktop) closeMenu() error {
	if err := d.press("Escape", "Escape"); err != nil {
		return err
	}
	_, err := d.waitMenus(0)
	return err
}

// downs returns how often Down must be pressed to reach an entry. The key skips entries that cannot be chosen.
func downs(menu testdesk.Entry, text string) (n int, err error) {
	for _, e := range menu.Children {
		if !e.Visible || !e.Enabled || e.Separator() {
			continue
		}
		if n++; e.Text() == text {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%q cannot be chosen in\n%v", text, menu)
}

// light highlights an entry of the open menu with keys, without choosing it, and
// returns its row.
func (d *desktop) light(place image.Rectangle, text string) (row image.Rectangle, err error) {
	menu, err := d.menu()
	if err != nil {
		return row, err
	}
	n, err := downs(menu, text)
	if err != nil {
		return row, err
	}
	dark, err := d.shot()
	if err != nil {
		return row, err
	}
	if err := d.press(slices.Repeat([]string{"Down"}, n)...); err != nil {
		return row, err
	}
	err = until(d.ctx, patience, func() error {
		lit, err := d.still(place)
		if err != nil {
			return err
		}
		if row = difference(dark, lit, place); row.Empty() {
			return fmt.Errorf("%q does not light up", text)
		}
		return nil
	})
	return row, err
}

// menu reads the menu from the bus.
func (d *desktop) menu() (menu testdesk.Entry, err error) {
	i, err := d.item()
	if err != nil {
		return menu, err
	}
	err = until(d.ctx, patience, func() error {
		menu, err = i.menu()
		return err
	})
	return menu, err
}

// pickByMouse opens the menu and clicks an entry, both with the mouse.
func (d *desktop) pickByMouse(kind icons.Kind, text string) error {
	place, err := d.openMenu(kind)
	if err != nil {
		return err
	}
	return d.clickEntry(place, text)
}

// clickEntry clicks an entry of the open menu.
func (d *desktop) clickEntry(place image.Rectangle, text string) error {
	row, err := d.light(place, text)
	if err != nil {
		return err
	}
	if err := d.click(middle(row), "1"); err != nil {
		return err
	}
	_, err = d.waitMenus(0)
	return err
}

// pickByKeys opens the menu with the mouse and chooses an entry with the keyboard.
func (d *desktop) pickByKeys(kind icons.Kind, text string) error {
	place, err := d.openMenu(kind)
	if err != nil {
		return err
	}
	if _, err := d.light(place, text); err != nil {
		return err
	}
	if err := d.press("Return"); err != nil {
		return err
	}
	_, err = d.waitMenus(0)
	return err
}
