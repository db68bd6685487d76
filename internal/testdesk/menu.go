//go:build linux

package testdesk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

const menuInterface = "com.canonical.dbusmenu"

// Menu returns the whole menu, waiting for submenus that are still to come.
func (i *Item) Menu(ctx context.Context) (Entry, error) {
	return i.WaitMenu(ctx, func(Entry) bool { return true })
}

// Layout is the menu as last read, holes and all. It is empty until then.
func (i *Item) Layout() (menu Entry) {
	i.read(func() { menu = i.layout() })
	return menu
}

// WaitMenu waits until the menu is whole and ok accepts it.
func (i *Item) WaitMenu(ctx context.Context, ok func(Entry) bool) (Entry, error) {
	menu, err := await(ctx, &i.state, i.layout, func(e Entry) bool {
		return e.Submenu && e.Whole() && ok(e)
	})
	return menu, i.explain("the menu", err)
}

// ClickLabel clicks the entry with this text, or one that begins so, as soon as
// it is shown and enabled.
func (i *Item) ClickLabel(ctx context.Context, text string) error {
	var found Entry
	_, err := i.WaitMenu(ctx, func(menu Entry) (shown bool) {
		found, shown = menu.FindShown(text)
		return shown && found.Enabled
	})
	if err != nil {
		return fmt.Errorf("wait for %q in the menu: %w", text, err)
	}
	return i.Click(ctx, found.ID)
}

// Click clicks an entry as a person does, who can click only what is shown
// and enabled. It returns when the program has answered; systray answers
// before the program's own code has run.
func (i *Item) Click(ctx context.Context, id int32) error {
	for e := range i.Layout().Shown() {
		if e.ID == id && e.Enabled && !e.Separator() {
			return i.Send(ctx, id, "clicked")
		}
	}
	return fmt.Errorf("click: no entry %d can be clicked in\n%v", id, i.Layout())
}

// Send sends any menu event, sensible or not.
func (i *Item) Send(ctx context.Context, id int32, event string) error {
	// Hosts send an empty payload, 0 with libdbusmenu, and the time in seconds.
	call := i.ask(ctx, "Event", id, event, dbus.MakeVariant(int32(0)), uint32(time.Now().Unix()))
	if call.Err != nil && !leftUnanswered(call.Err) {
		return fmt.Errorf("send %s to entry %d: %w", event, id, call.Err)
	}
	return nil
}

// leftUnanswered says that the program took the event and left the bus without
// an answer. It is what a click on Quit does: systray may close the connection
// before it has replied. Hosts do not even look.
func leftUnanswered(err error) bool {
	var failed dbus.Error
	return errors.As(err, &failed) && failed.Name == "org.freedesktop.DBus.Error.NoReply"
}

func (i *Item) ask(ctx context.Context, method string, args ...any) *dbus.Call {
	object := i.conn.Object(i.owner, i.Properties().Menu)
	return object.CallWithContext(ctx, menuInterface+"."+method, 0, args...)
}

// followMenu reads the menu and reads it again whenever it is old.
func (i *Item) followMenu(ctx context.Context) {
	if _, err := await(ctx, &i.state, i.look, func(p Properties) bool { return p.Menu != "" }); err != nil {
		return
	}
	i.readMenu(ctx)
	follow(ctx, i.menus, func() {
		if i.outdated() {
			i.readMenu(ctx)
		}
	})
}

// outdated reports whether a signal told a revision that the last answer does
// not have. systray tells each change so.
func (i *Item) outdated() (newer bool) {
	i.read(func() { newer = i.told > i.revision })
	return newer
}

// revisionOf is what a LayoutUpdated tells; 0 where it tells nothing.
func revisionOf(s *dbus.Signal) (revision uint32) {
	if len(s.Body) > 0 {
		revision, _ = s.Body[0].(uint32)
	}
	return revision
}

func (i *Item) readMenu(ctx context.Context) {
	var revision uint32
	var root Layout
	call := i.ask(ctx, "GetLayout", int32(0), int32(-1), []string{})
	if err := call.Store(&revision, &root); err != nil {
		i.fail(fmt.Errorf("read the menu: %w", err))
		return
	}
	menu, err := root.Entry()
	if err != nil {
		i.fail(err)
		return
	}
	menu.Submenu = true // systray does not say so of the root
	i.update(func() { i.menu, i.revision = menu, revision })
}

// layout runs while the caller holds the state.
func (i *Item) layout() Entry { return i.menu }
