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

// Menu returns the menu once all submenus have arrived.
func (i *Item) Menu(ctx context.Context) (Entry, error) {
	return i.WaitMenu(ctx, func(Entry) bool { return true })
}

// Layout returns the menu as last read, which may lack submenus. It is empty
// until the first read.
func (i *Item) Layout() (menu Entry) {
	i.read(func() { menu = i.menu })
	return menu
}

// WaitMenu waits until the menu is whole and ok accepts it.
func (i *Item) WaitMenu(ctx context.Context, ok func(Entry) bool) (Entry, error) {
	menu, err := await(ctx, i.state, func() Entry { return i.menu }, func(e Entry) bool {
		return e.Submenu && e.Whole() && ok(e)
	})
	return menu, i.explain("the menu", err)
}

// ClickLabel clicks the entry that FindShown finds, as soon as it is enabled.
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

// Click clicks an entry, which must be shown and enabled, as for a user. It
// returns when the program has replied; systray replies before the program's
// own code has run.
func (i *Item) Click(ctx context.Context, id int32) error {
	for e := range i.Layout().Shown() {
		if e.ID == id && e.Enabled && !e.Separator() {
			return i.Send(ctx, id, "clicked")
		}
	}
	return fmt.Errorf("click: no entry %d can be clicked in\n%v", id, i.Layout())
}

// Send sends a menu event to an entry, even if it is not shown.
func (i *Item) Send(ctx context.Context, id int32, event string) error {
	// Hosts send an empty payload (libdbusmenu sends 0) and the time in seconds.
	call := i.call(ctx, "Event", id, event, dbus.MakeVariant(int32(0)), uint32(time.Now().Unix()))
	if call.Err != nil && !isNoReply(call.Err) {
		return fmt.Errorf("send %s to entry %d: %w", event, id, call.Err)
	}
	return nil
}

// isNoReply reports whether the program left the bus before it replied. systray
// may do so after a click on Quit. Hosts ignore the reply.
func isNoReply(err error) bool {
	var failed dbus.Error
	return errors.As(err, &failed) && failed.Name == "org.freedesktop.DBus.Error.NoReply"
}

func (i *Item) call(ctx context.Context, method string, args ...any) *dbus.Call {
	object := i.conn.Object(i.owner, i.Properties().Menu)
	return object.CallWithContext(ctx, menuInterface+"."+method, 0, args...)
}

// followMenu reads the menu, and rereads it whenever a signal announces a newer
// revision. systray announces each change.
func (i *Item) followMenu() {
	_, err := await(i.gone, i.state, i.current, func(p Properties) bool { return p.Menu != "" })
	for newest := uint32(0); err == nil; {
		i.readMenu()
		announced := func() uint32 { return i.announced }
		newest, err = await(i.gone, i.state, announced, func(n uint32) bool { return n > max(newest, i.revision) })
	}
}

func (i *Item) readMenu() {
	var revision uint32
	var root Layout
	call := i.call(i.gone, "GetLayout", int32(0), int32(-1), []string{})
	if err := call.Store(&revision, &root); err != nil {
		i.setCallErr(fmt.Errorf("read the menu: %w", err))
		return
	}
	menu, err := root.Entry()
	if err != nil {
		i.setCallErr(err)
		return
	}
	menu.Submenu = true // for the root systray does not send this property
	i.update(func() { i.menu, i.revision = menu, revision })
}
