//go:build linux

package testdesk

import (
	"fmt"

	"github.com/godbus/dbus/v5"
)

// receiver handles each signal on the goroutine that reads the connection: at
// once and in order. It must not block or call out. (The channels of
// dbus.Conn.Signal may change the order of signals when they are full, and add a
// scheduling delay to the times that the benchmarks measure.)
type receiver func(*dbus.Signal)

// DeliverSignal implements dbus.SignalHandler.
func (r receiver) DeliverSignal(_, _ string, s *dbus.Signal) { r(s) }

// dial opens a private connection. If r is nil, signals go to the channels of
// dbus.Conn.Signal.
func (b *Bus) dial(r receiver) (*dbus.Conn, error) {
	var options []dbus.ConnOption
	if r != nil {
		options = append(options, dbus.WithSignalHandler(r))
	}
	conn, err := dbus.Connect(b.address, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", b.address, err)
	}
	return conn, nil
}

// own takes a well-known name. It fails if another connection owns it.
func own(conn *dbus.Conn, name string) error {
	reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err != nil {
		return fmt.Errorf("own %s: %w", name, err)
	}
	if reply != dbus.RequestNameReplyPrimaryOwner {
		return fmt.Errorf("own %s: taken (reply %d)", name, reply)
	}
	return nil
}

// leave releases the name and closes the connection. If it only closed the
// connection, the bus might still report the name as taken at the next request.
func leave(conn *dbus.Conn, name string) {
	conn.ReleaseName(name) // fails on a dead bus, which has no names
	conn.Close()
}

// emitTo sends a signal to one connection, or to all if to is empty.
func emitTo(conn *dbus.Conn, to string, path dbus.ObjectPath, iface, member string, args ...any) error {
	msg := &dbus.Message{Type: dbus.TypeSignal, Body: args, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath:      dbus.MakeVariant(path),
		dbus.FieldInterface: dbus.MakeVariant(iface),
		dbus.FieldMember:    dbus.MakeVariant(member),
		dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(args...)),
	}}
	if to != "" {
		msg.Headers[dbus.FieldDestination] = dbus.MakeVariant(to)
	}
	return conn.Send(msg, nil).Err
}
