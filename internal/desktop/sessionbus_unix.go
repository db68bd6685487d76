//go:build unix && !darwin

package desktop

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/fsx"
)

// busTimeout bounds the greeting: a bus answers within milliseconds, but a hung one may accept the connection and never answer.
const busTimeout = 5 * time.Second

// addressVariable is the variable that all D-Bus libraries read first.
const addressVariable = "DBUS_SESSION_BUS_ADDRESS"

// findSessionBus adds the bus at $XDG_RUNTIME_DIR/bus to the environment of this process and its children if the environment names no
// bus, such as after su or in a service that was started without the session's variables. godbus itself looks only in /run/user/UID.
func findSessionBus() {
	if address := runtimeBus(os.Getenv); address != "" {
		_ = os.Setenv(addressVariable, address) // fails only for a name or value that no variable can have
	}
}

// runtimeBus returns the address of our user's bus at $XDG_RUNTIME_DIR/bus; empty if there is none, or the environment names a bus.
func runtimeBus(env func(string) string) string {
	path := filepath.Join(env("XDG_RUNTIME_DIR"), "bus")
	if env(addressVariable) != "" || !filepath.IsAbs(path) {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket || !fsx.IsOurs(info) { // after su, root may have the variables of another user
		return ""
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(path)
}

// SessionBus connects to the session's message bus, until the connection is closed or ctx ends. It starts no bus. Each caller gets a
// connection of its own, since the connection that D-Bus libraries share in a process belongs to the tray.
func SessionBus(ctx context.Context, options ...dbus.ConnOption) (*dbus.Conn, error) {
	findSessionBus()
	ctx, cancel := context.WithCancel(ctx)
	conn, err := dbus.SessionBusPrivateNoAutoStartup(append(options, dbus.WithContext(ctx))...)
	if err != nil {
		cancel()
		return nil, err
	}
	slow := time.AfterFunc(busTimeout, cancel) // closes conn
	defer slow.Stop()
	if err := greet(conn); err != nil {
		cancel()
		return nil, err
	}
	context.AfterFunc(conn.Context(), cancel)
	return conn, nil
}

func greet(conn *dbus.Conn) error {
	if err := conn.Auth(nil); err != nil {
		return err
	}
	return conn.Hello()
}
