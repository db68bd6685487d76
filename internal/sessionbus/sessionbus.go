//go:build unix && !darwin

// Package sessionbus connects to the session's message bus. It starts none, and each connection is its caller's own: the one
// that D-Bus libraries share in a process belongs to the tray.
package sessionbus

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// Timeout bounds the greeting: a bus answers within milliseconds, and a socket that takes and says nothing never does.
const Timeout = 5 * time.Second

// Connect gives a connection that lives until it is closed or ctx ends.
func Connect(ctx context.Context) (*dbus.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	slow := time.AfterFunc(Timeout, cancel) // closes conn
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
