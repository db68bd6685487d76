//go:build unix && !darwin

package doctor

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/desktop"
	"lockbar/internal/words"
)

// checkSession warns of an ssh session, and if there is no display: a tray needs a desktop session.
func checkSession(s session) []Check {
	switch {
	case s.ssh:
		return one("desktop-session", Warn, "This is an ssh session, which has no icon and no notifications; run Lockbar at the computer itself; %s", noDesktopAdvice)
	case !s.display:
		return one("desktop-session", Warn, "There is no desktop session here, so no icon and no notifications; %s", noDesktopAdvice)
	}
	return one("desktop-session", Pass, "%s", describe(s))
}

func describe(s session) string {
	kind := "X11"
	if s.wayland {
		kind = "Wayland"
	}
	if s.desktop == "" {
		return kind
	}
	return words.Clean(s.desktop) + " on " + kind
}

// bus holds the state of the session bus.
type bus struct {
	err     error // no bus
	watcher bool  // a StatusNotifierWatcher runs
	host    bool  // a StatusNotifierHost, which shows the icons, is registered
	notifier
}

// notifier holds the state of the notification service.
type notifier struct {
	running      bool
	activatable  bool // the bus starts the service with the first notification
	err          error
	description  string
	capabilities []string
}

// desktop checks the session bus by one private connection, and starts no service.
func (s Subject) desktop(ctx context.Context) []Check {
	session, bus := sessionOf(os.Getenv), askBus(ctx)
	return slices.Concat(checkBus(session, bus), checkTray(session, bus), checkNotifier(bus))
}

func askBus(ctx context.Context) bus {
	conn, err := desktop.SessionBus(ctx)
	if err != nil {
		return bus{err: err}
	}
	defer conn.Close()
	const watcher = "org.kde.StatusNotifierWatcher"
	b := bus{watcher: hasOwner(ctx, conn, watcher)}
	if b.watcher {
		b.host = ask[bool](ctx, conn.Object(watcher, "/StatusNotifierWatcher"), "org.freedesktop.DBus.Properties.Get", watcher, "IsStatusNotifierHostRegistered")
	}
	b.notifier = askNotifier(ctx, conn)
	return b
}

// ask calls a method without starting a service. It returns the zero value if there is no answer.
func ask[T any](ctx context.Context, o dbus.BusObject, method string, args ...any) (answer T) {
	_ = o.CallWithContext(ctx, method, dbus.FlagNoAutoStart, args...).Store(&answer)
	return answer
}

func hasOwner(ctx context.Context, conn *dbus.Conn, name string) bool {
	return ask[bool](ctx, conn.BusObject(), "org.freedesktop.DBus.NameHasOwner", name)
}

const notifications = "org.freedesktop.Notifications"

func askNotifier(ctx context.Context, conn *dbus.Conn) notifier {
	if !hasOwner(ctx, conn, notifications) {
		names := ask[[]string](ctx, conn.BusObject(), "org.freedesktop.DBus.ListActivatableNames")
		return notifier{activatable: slices.Contains(names, notifications)}
	}
	n := notifier{running: true}
	var name, vendor, version, spec string
	service := conn.Object(notifications, "/org/freedesktop/Notifications")
	n.err = service.CallWithContext(ctx, notifications+".GetServerInformation", dbus.FlagNoAutoStart).Store(&name, &vendor, &version, &spec)
	if n.err == nil {
		n.err = service.CallWithContext(ctx, notifications+".GetCapabilities", dbus.FlagNoAutoStart).Store(&n.capabilities)
	}
	n.description = fmt.Sprintf("%s %s by %s, protocol %s", words.Clean(name), words.Clean(version), words.Clean(vendor), words.Clean(spec))
	return n
}

// checkBus fails if a desktop has no bus, without which the tray app cannot run. Without a desktop there is nothing to check.
func checkBus(s session, b bus) []Check {
	switch {
	case b.err == nil:
		return one("session-bus", Pass, "It answers")
	case s.display && !s.ssh:
		return one("session-bus", Fail, "There is a display, but no session bus, so no tray and no notifications: %s; start Lockbar from the desktop's menu, or log in again", cause(b.err))
	}
	return skipped("session-bus", "there is no desktop session")
}

func checkTray(s session, b bus) []Check {
	switch {
	case b.err != nil:
		return skipped("tray-host", "there is no session bus")
	case b.host:
		return one("tray-host", Pass, "A panel shows icons")
	case b.watcher:
		return one("tray-host", Warn, "A tray service runs, but no panel shows its icons; %s; notifications work without it", desktop.PanelAdvice(s.desktop))
	}
	return one("tray-host", Warn, "No panel shows icons; %s; notifications work without it", desktop.PanelAdvice(s.desktop))
}

func checkNotifier(b bus) []Check {
	switch n := b.notifier; {
	case b.err != nil:
		return skipped("notifications", "there is no session bus")
	case n.err != nil:
		return one("notifications", Warn, "The notification service does not answer: %s; restart it, or log in again", cause(n.err))
	case n.running:
		return one("notifications", Pass, "%s; it can do: %s", n.description, words.OneLine(strings.Join(n.capabilities, ", ")))
	case n.activatable:
		return one("notifications", Pass, "A notification service is installed, and is started with the first notification")
	}
	return one("notifications", Warn, "There is no notification service, so only the icon shows changes; install one, such as dunst or xfce4-notifyd")
}
