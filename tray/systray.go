//go:build !darwin || cgo

package tray

import (
	"fmt"
	"reflect"
	"runtime"
	"time"

	"fyne.io/systray"

	"lockbar/icons"
)

// readyTime bounds the wait until the desktop accepts an icon: on Windows systray silently waits for ever if the taskbar does not.
const readyTime = 30 * time.Second

// runSystray shows the tray, beginning with first, and blocks until quitSystray. It sends the display to displays, once. The error is
// errBusLost.
func runSystray(first view, clicks chan<- action, displays chan<- display, h hooks) (err error) {
	defer recoverBus(&err)
	beforeRun(first)
	stayAwake()
	timeout := time.AfterFunc(readyTime, func() {
		h.giveUp(errNoIcon)
		quitSystray()
	})
	systray.Run(func() {
		timeout.Stop()
		h.note(hookWindow(h))
		t := &trayIcon{menu: menuText(runtime.GOOS), clicks: clicks}
		// A failure here shows again at the loop's first Show, which reports it.
		_ = t.Show(first)
		go forwardHints(systray.TrayOpenedCh, h.opened)
		displays <- t
	}, h.exit)
	return nil
}

// quitSystray ends runSystray. It may be called again.
func quitSystray() { systray.Quit() }

// recoverBus turns a panic of systray, which means a lost bus, into an error.
func recoverBus(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w (%v)", errBusLost, r)
	}
}

// forwardHints forwards that something happened, but not how often.
func forwardHints(from <-chan struct{}, to chan<- struct{}) {
	for range from {
		hint(to)
	}
}

// trayIcon is the display. Only one goroutine at a time uses it.
type trayIcon struct {
	menu    func(string) string // escapes a title
	clicks  chan<- action
	slots   []slot      // nil before the menu is built
	icon    *icons.Kind // last sent; nil for none
	tooltip string
	subject string // of the drawn menu, see subjectOf

	clickable []*binding // the entries in slots that have an action
}

// ShowIcon sends the icon if it changed.
func (t *trayIcon) ShowIcon(k icons.Kind) (err error) {
	defer recoverBus(&err)
	if t.icon == nil || *t.icon != k {
		systray.SetTemplateIcon(icons.Tray(k), trayIconData(k))
		t.icon = &k
	}
	return nil
}

// Show sends what changed, the icon first.
func (t *trayIcon) Show(v view) (err error) {
	defer recoverBus(&err)
	if err := t.ShowIcon(v.Icon); err != nil {
		return err
	}
	if t.tooltip != v.Tooltip {
		systray.SetTooltip(tooltipText.Replace(v.Tooltip))
		setLabel(v.Tooltip)
		t.tooltip = v.Tooltip
	}
	onMenu(func(open bool) {
		if !open {
			t.showMenu(v.Menu)
		}
		if !closesMenus {
			return
		}
		switch subject := subjectOf(v); {
		case !open:
			t.subject = subject
		case subject != t.subject:
			closeMenu()
		}
	})
	return nil
}

func (t *trayIcon) showMenu(items []menuItem) {
	if t.slots != nil && !draw(t.slots, items, t.menu) {
		t.reset()
	}
	if t.slots == nil {
		t.build(items)
	}
}

// Forget makes the next Show send icon and tooltip again.
func (t *trayIcon) Forget() { t.icon, t.tooltip = nil, "" }

// Rebuild drops the menu for a panel that has just appeared, and the next Show builds a new one. libdbusmenu-gtk (Xfce, Cinnamon)
// drops submenus that are in the first answer that it receives. systray's first answer for a menu has no submenus, but its answer to a
// second panel would have all of them: then no submenu could be opened there, and no live holder's lock be removed.
func (t *trayIcon) Rebuild() (err error) {
	defer recoverBus(&err)
	t.reset()
	return nil
}

// reset drops the menu. systray gives each new item a new number, and ignores a click on a number that it has dropped.
func (t *trayIcon) reset() {
	systray.ResetMenu() // closes the items' channels of clicks, which ends forwardClicks
	t.slots, t.clickable = nil, nil
}

// build makes the menu.
func (t *trayIcon) build(items []menuItem) {
	for _, item := range items {
		t.slots = append(t.slots, t.add(nil, item))
	}
	go forwardClicks(t.clickable, t.clicks)
}

// add creates the entries of one item, visible and enabled, and then draws the item's values.
func (t *trayIcon) add(parent *systray.MenuItem, item menuItem) slot {
	if item.Separator {
		addSeparator(parent)
		return nil
	}
	var p slot
	for range entriesOf(item) {
		p = append(p, t.addEntry(parent, item))
	}
	p.draw(item, t.menu) // cannot fail: no entry was shown for a lock yet
	return p
}

func (t *trayIcon) addEntry(parent *systray.MenuItem, item menuItem) *binding {
	made := addItem(parent, t.menu(item.Title), item)
	b := &binding{entry: made, drawn: menuItem{Title: item.Title, Enabled: true, Visible: true, Checked: item.Checked}}
	for _, child := range item.Children {
		b.children = append(b.children, t.add(made, child))
	}
	if item.Action.Do != doNothing {
		made.ClickedCh = make(chan struct{}, clickQueue) // systray drops a click that nobody receives
		b.clicked = made.ClickedCh
		t.clickable = append(t.clickable, b)
	}
	return b
}

func addSeparator(parent *systray.MenuItem) {
	if parent == nil {
		systray.AddSeparator()
		return
	}
	parent.AddSeparator()
}

func addItem(parent *systray.MenuItem, title string, item menuItem) *systray.MenuItem {
	switch {
	case parent == nil && item.Checkable:
		return systray.AddMenuItemCheckbox(title, "", item.Checked)
	case parent == nil:
		return systray.AddMenuItem(title, "")
	case item.Checkable:
		return parent.AddSubMenuItemCheckbox(title, "", item.Checked)
	}
	return parent.AddSubMenuItem(title, "")
}

// clickQueue limits the clicks on one entry that wait for forwardClicks. They take no memory.
const clickQueue = 16

// forwardClicks forwards the action for which a clicked entry was last drawn. One goroutine waits for the whole menu: one for each entry
// would take 2.5 KB each, and 16 entries can be clicked, plus 27 for each store. It ends when systray drops the menu, which closes the
// channels.
func forwardClicks(entries []*binding, clicks chan<- action) {
	clicked := make([]reflect.SelectCase, len(entries))
	for i, b := range entries {
		clicked[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(b.clicked)}
	}
	var waiting []action // read at the click, however long the loop then draws
	for {
		next := reflect.SelectCase{Dir: reflect.SelectSend}
		if len(waiting) > 0 {
			next.Chan, next.Send = reflect.ValueOf(clicks), reflect.ValueOf(waiting[0])
		}
		i, _, ok := reflect.Select(append(clicked, next))
		switch {
		case i == len(clicked):
			waiting = waiting[1:]
		case !ok:
			return
		default:
			if a := entries[i].action.Load(); a != nil { // nil: never shown
				waiting = append(waiting, *a)
			}
		}
	}
}
