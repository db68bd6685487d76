//go:build unix && !darwin

package desktop

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// busTimeout bounds the greeting: a bus answers within milliseconds, and a socket that takes and says nothing never does.
const busTimeout = 5 * time.Second

// SessionBus connects to the session's message bus, until the connection is closed or ctx ends. It starts no bus, and each
// connection is its caller's own: the one that D-Bus libraries share in a process belongs to the tray.
func SessionBus(ctx context.Context, options ...dbus.ConnOption) (*dbus.Conn, error) {
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
