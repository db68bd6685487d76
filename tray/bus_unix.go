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
	// busTime bounds a query of a panel and a registration: either is answered within milliseconds, or never.
	busTime = 5 * time.Second

	getProperty = "org.freedesktop.DBus.Properties.Get"
)

// bus holds a private connection. systray uses another one, which every library in the process shares, and stops registering the icon
// with new panels at the first unexpected signal there. So we subscribe to nothing on the shared connection.
type bus struct {
	own *dbus.Conn
	log logs
}

// openBus connects to the session bus. It starts no bus: if none runs, it returns ErrNoDesktop. It must run before systray, which
// may start a bus unless the environment has the address that SessionBus puts there.
func openBus(ctx context.Context, log logs) (*bus, error) {
	conn, err := connect(ctx)
	if err != nil {
		log.detail.Printf("no session bus: %q", err)
		return nil, ErrNoDesktop
	}
	return &bus{conn, log}, nil
}

// connect returns a connection that only Close ends: if the end of ctx closed it too, watch could take that for a lost bus.
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
	err := conn.Object(watcherName, watcherPath).CallWithContext(ctx, getProperty, 0,
		watcherName, "IsStatusNotifierHostRegistered").Store(&there)
	return err == nil && there
}

func (b *bus) Close() error { return b.own.Close() }

// tellsPanels reports whether watch reports when a panel shows the icon.
const tellsPanels = true

// watch hints at each new watcher (the service that lists the icons for the panels) and registers the icon with it, until ctx ends. If the
// bus is lost, it cancels with errBusLost. It sends true to news once a panel shows icons, and false if none does within patience.
func (b *bus) watch(ctx context.Context, cancel context.CancelCauseFunc, newPanel chan<- struct{}, news chan<- bool, patience time.Duration) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	signals, err := b.panelSignals(ctx) // before the first check, so that no panel is missed
	if err != nil {
		b.log.note("panels that start later will not be noticed", err)
	}
	seen := false // the first panel ends the checks
	check := func(timedOut bool) {
		if seen {
			return
		}
		if seen = hasHost(ctx, b.own); seen {
			timeout.Stop()
		}
		if seen || timedOut { // before the timeout a panel may still appear
			send(ctx, news, seen)
		}
	}
	if check(false); !seen {
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
			if watcherCame(s) {
				hint(newPanel) // before the registration: the panel should read the new menu
				b.register(ctx)
			}
			check(false)
		case <-timeout.C:
			check(true)
		}
	}
}

// panelSignals subscribes, on our own connection, to changes of the watcher's owner and to the registration of a host with it.
func (b *bus) panelSignals(ctx context.Context) (<-chan *dbus.Signal, error) {
	signals := make(chan *dbus.Signal, 10) // godbus keeps the order of signals while there is room, and no order matters here
	b.own.Signal(signals)
	var errs error
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
			dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
		{dbus.WithMatchSender(watcherName), dbus.WithMatchInterface(watcherName), dbus.WithMatchMember("StatusNotifierHostRegistered")},
	} {
		errs = errors.Join(errs, b.own.AddMatchSignalContext(ctx, match...))
	}
	if errs != nil {
		return signals, fmt.Errorf("subscribe to %s: %w", watcherName, errs)
	}
	return signals, nil
}

// watcherCame reports whether a signal is NameOwnerChanged(name, old, new) with a new owner of the watcher's name.
func watcherCame(s *dbus.Signal) bool {
	if s == nil || len(s.Body) != 3 || s.Body[0] != watcherName {
		return false
	}
	owner, ok := s.Body[2].(string)
	return ok && owner != ""
}

// register registers the icon through systray's connection: a watcher identifies an item by its sender. systray registers
// it too, unless an unexpected signal has stopped that. register does nothing before systray has exported the icon, since a panel queries a
// new item only once.
func (b *bus) register(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	shared, err := dbus.SessionBus()
	if err == nil {
		err = b.exported(ctx, shared.Names()[0])
	}
	if err != nil {
		b.log.detail.Printf("icon not registered with a new panel yet: %q", err)
		return
	}
	err = shared.Object(watcherName, watcherPath).CallWithContext(ctx, watcherName+".RegisterStatusNotifierItem", 0, itemPath).Err
	if err != nil {
		b.log.detail.Printf("icon not registered with a new panel: %q", err)
		return
	}
	b.log.detail.Print("icon registered with a new panel")
}

// exported returns an error until the icon and its menu can be read at a bus name: systray exports the menu's properties last.
func (b *bus) exported(ctx context.Context, name string) error {
	return b.own.Object(name, menuPath).CallWithContext(ctx, getProperty, 0, "com.canonical.dbusmenu", "Version").Err
}

// beforeRun sets what systray publishes with the first registration: what is set during the registration may be lost, and
// without a title the icon's Id changes with each process, so that panels cannot remember its position.
func beforeRun(v view) {
	systray.SetTitle("lockbar")
	systray.SetIcon(trayIconData(v.Icon))
	systray.SetTooltip(tooltipText.Replace(v.Tooltip))
}
