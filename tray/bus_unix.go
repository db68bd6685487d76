//go:build unix && !darwin

package tray

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"

	"lockbar/internal/desktop"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	itemPath    = "/StatusNotifierItem" // where systray exports the icon
	menuPath    = itemPath + "/menu"
	// busTime bounds each call: the bus answers within milliseconds or hangs.
	busTime = 5 * time.Second
)

// bus is a connection of our own beside the one that systray shares with every library in the process. systray stops
// announcing the icon to new panels at the first odd signal on its connection, so nothing is ever subscribed there.
type bus struct {
	own *dbus.Conn
	log logs
}

// openBus connects, starts no bus where there is none, and gives ErrNoDesktop then. It comes before systray, which finds a bus only by
// the environment that SessionBus completes.
func openBus(ctx context.Context, log logs) (*bus, error) {
	conn, err := connect(ctx)
	if err != nil {
		log.detail.Printf("no session bus: %q", err)
		return nil, ErrNoDesktop
	}
	return &bus{conn, log}, nil
}

// connect gives a connection that outlives ctx: the loop ends before the bus does.
func connect(ctx context.Context) (*dbus.Conn, error) {
	return desktop.SessionBus(context.WithoutCancel(ctx))
}

// HasDesktop reports whether an icon would be seen: there is a session bus, and a panel on it that shows icons.
func HasDesktop(ctx context.Context) bool {
	conn, err := connect(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	return hasHost(ctx, conn)
}

func hasHost(ctx context.Context, conn *dbus.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	var there bool
	err := conn.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		watcherName, "IsStatusNotifierHostRegistered").Store(&there)
	return err == nil && there
}

func (b *bus) Close() error { return b.own.Close() }

// tellsPanels says that watch will tell when a panel shows the icon.
const tellsPanels = true

// watch says that a panel came and announces the icon to it, for each, until ctx ends; it cancels with errBusLost when the bus
// goes. It sends true to news once a panel shows icons, and false if none does within patience.
func (b *bus) watch(ctx context.Context, cancel context.CancelCauseFunc, newPanel chan<- struct{}, news chan<- bool, patience time.Duration) {
	late := time.NewTimer(patience)
	defer late.Stop()
	signals, err := b.panelSignals(ctx) // first, so that no panel is missed that comes during the question
	if err != nil {
		b.log.failed("panels that start later will not be noticed", err)
	}
	seen := false // nothing is asked of the panels after the first
	look := func(isLate bool) {
		if seen {
			return
		}
		if seen = hasHost(ctx, b.own); seen {
			late.Stop()
		}
		if seen || isLate { // until then one may still come
			send(ctx, news, seen)
		}
	}
	if look(false); !seen {
		b.log.detail.Print("no panel shows icons yet; waiting for one, notifications work meanwhile")
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.own.Context().Done():
			cancel(errBusLost)
			return
		case s := <-signals:
			if came(s) {
				hint(newPanel) // first: what the panel reads should be the menu that stays
				b.announce(ctx)
			}
			look(false)
		case <-late.C:
			look(true)
		}
	}
}

// panelSignals subscribes, on our own connection, to changes of the watcher's owner, and of whether somebody shows what it watches.
func (b *bus) panelSignals(ctx context.Context) (<-chan *dbus.Signal, error) {
	signals := make(chan *dbus.Signal, 10) // godbus waits for a slow receiver, in order
	b.own.Signal(signals)
	var failed error
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
			dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
		{dbus.WithMatchSender(watcherName), dbus.WithMatchInterface(watcherName), dbus.WithMatchMember("StatusNotifierHostRegistered")},
	} {
		failed = errors.Join(failed, b.own.AddMatchSignalContext(ctx, match...))
	}
	if failed != nil {
		return signals, fmt.Errorf("subscribe to %s: %w", watcherName, failed)
	}
	return signals, nil
}

// came reports whether a signal says that a watcher is there now: NameOwnerChanged(name, old, new).
func came(s *dbus.Signal) bool {
	if s == nil || len(s.Body) != 3 || s.Body[0] != watcherName {
		return false
	}
	owner, ok := s.Body[2].(string)
	return ok && owner != ""
}

// announce registers the icon through systray's connection: a watcher identifies an item by its sender. Before systray has exported
// the icon it does nothing: a panel asks a new item once, and systray registers what it has exported by itself.
func (b *bus) announce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	shared, err := dbus.SessionBus()
	if err == nil {
		err = b.exported(ctx, shared.Names()[0])
	}
	if err != nil {
		b.log.detail.Printf("icon not announced to a new panel yet: %v", err)
		return
	}
	err = shared.Object(watcherName, watcherPath).CallWithContext(ctx, watcherName+".RegisterStatusNotifierItem", 0, itemPath).Err
	b.log.detail.Printf("icon announced to a new panel: %v", err)
}

// exported fails until the icon and its menu can be read at a bus name: systray exports the menu's properties last.
func (b *bus) exported(ctx context.Context, name string) error {
	const get = "org.freedesktop.DBus.Properties.Get"
	return b.own.Object(name, menuPath).CallWithContext(ctx, get, 0, "com.canonical.dbusmenu", "Version").Err
}

// beforeRun sets what systray publishes with the first registration: what is set while it registers may be lost, and
// without a title the icon's Id is a new one in each process, so that panels cannot remember its place.
func beforeRun(v view) {
	systray.SetTitle("lockbar")
	systray.SetIcon(trayIconData(v.Icon))
	systray.SetTooltip(tooltipText.Replace(v.Tooltip))
}
