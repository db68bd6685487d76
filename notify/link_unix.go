//go:build unix && !darwin

package notify

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/desktop"
)

const (
	busName = "org.freedesktop.DBus"
	// askTime bounds GetCapabilities: a service that does not answer it may still show messages.
	askTime = time.Second
)

// link is one connection to the session bus.
type link struct {
	conn    *dbus.Conn
	bus     string // the GUID of the bus: unique names begin anew with each bus
	onEvent func(DesktopEvent)
	signals chan *dbus.Signal

	mu    sync.Mutex        // also held by who says something, so that nothing newer is said or returned before it
	owner string            // the unique name of the service; empty where there is none
	known dbus.Sequence     // the message that said so
	held  map[uint32]posted // what the owner shows
	caps  *capabilities     // of the owner; nil until it has answered
}

// posted is what is known of a message.
type posted struct {
	since dbus.Sequence // the answer to Notify
	must  bool          // close withdraws it: it is urgent, or has buttons
}

// dial connects to the bus, subscribes and says which service is there. The connection outlives ctx.
func dial(ctx context.Context, onEvent func(DesktopEvent)) (*link, error) {
	conn, err := desktop.SessionBus(context.WithoutCancel(ctx), dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return nil, err
	}
	b := &link{conn: conn, onEvent: onEvent, signals: make(chan *dbus.Signal)}
	if err := b.subscribe(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return b, nil
}

// subscribe asks for the owner last, so that no change is missed. It does not use the Notifier of esiqveland/notify, which panics on a
// malformed signal from any client.
func (b *link) subscribe(ctx context.Context) error {
	b.conn.Signal(b.signals)
	err := b.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(serviceName), dbus.WithMatchInterface(serviceName),
		dbus.WithMatchObjectPath(servicePath))
	if err != nil {
		return err
	}
	err = b.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, serviceName))
	if err != nil {
		return err
	}
	if err := b.conn.BusObject().CallWithContext(ctx, busName+".GetId", 0).Store(&b.bus); err != nil {
		return err
	}
	_, _ = b.ask(ctx) // there may be none
	return ctx.Err()
}

// ask asks the bus who owns the service.
func (b *link) ask(ctx context.Context) (owner string, err error) {
	call := b.conn.BusObject().CallWithContext(ctx, busName+".GetNameOwner", 0, serviceName)
	if err := call.Store(&owner); err != nil {
		return "", err
	}
	b.own(owner, call.ResponseSequence)
	return owner, nil
}

// service returns the Handle.Service of an owner. It is unique across sessions.
func (b *link) service(owner string) string { return b.bus + "/" + owner }

func (b *link) object(owner string) dbus.BusObject { return b.conn.Object(owner, servicePath) }

// own records the owner, and forgets what an earlier one showed. An answer can overtake signals that were sent before it, so own
// ignores anything older than what it knows.
func (b *link) own(owner string, when dbus.Sequence) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if when < b.known {
		return
	}
	b.known = when
	if owner == b.owner {
		return
	}
	b.owner, b.held, b.caps = owner, map[uint32]posted{}, nil
	if owner != "" {
		b.onEvent(DesktopEvent{Came: b.service(owner)})
	}
}

// hold records what the owner shows under a number now.
func (b *link) hold(owner string, id uint32, m posted) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if owner == b.owner {
		b.held[id] = m
	}
}

// drop forgets what the owner showed under a number.
func (b *link) drop(owner string, id uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if owner == b.owner {
		delete(b.held, id)
	}
}

// listen reports signals until the connection closes.
func (b *link) listen() {
	for s := range b.signals {
		if owner, ok := newOwner(s); ok {
			b.own(owner, s.Sequence)
		} else {
			b.hear(s)
		}
	}
}

// hear reports a signal of the service. A closing that is older than the message of that number is of the message before, which was
// dismissed just when this one came to replace it.
func (b *link) hear(s *dbus.Signal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := heard(s, b.owner)
	switch {
	case !ok, e.Closed && s.Sequence < b.held[e.Handle.ID].since:
		return
	case e.Closed:
		delete(b.held, e.Handle.ID)
	}
	e.Handle.Service = b.service(b.owner)
	b.onEvent(e)
}

// notify calls the owner by its unique name, so that a new owner never gets an id of the old one. It waits until the owner answers, the
// bus reports that the owner is gone, or ctx ended a farewell ago: what the service shows just then is withdrawn by close.
// notify.SendNotification can do neither. With an error, only Handle.Service is set.
func (b *link) notify(ctx context.Context, owner string, l Letter) (Handle, error) {
	can := b.capabilities(ctx, owner)
	n := note(l, can)
	ctx, cancel := outlive(ctx, farewell)
	defer cancel()
	switch before := l.Replaces; {
	case before.Service != b.service(owner):
	case can.keepsButtons:
		b.object(owner).CallWithContext(ctx, serviceName+".CloseNotification", dbus.FlagNoReplyExpected, before.ID)
		b.drop(owner, before.ID)
	default:
		n.ReplacesID = before.ID
	}
	var id uint32
	call := b.object(owner).CallWithContext(ctx, serviceName+".Notify", 0, n.AppName, n.ReplacesID, n.AppIcon, n.Summary, n.Body,
		pairs(n.Actions), n.Hints, int32(n.ExpireTimeout.Milliseconds()))
	if err := call.Store(&id); err != nil {
		return Handle{Service: b.service(owner)}, err
	}
	b.drop(owner, n.ReplacesID)
	b.hold(owner, id, posted{call.ResponseSequence, l.Message.Urgent || len(n.Actions) > 0})
	return Handle{b.service(owner), id}, nil
}

// outlive returns a context that ends that much later than ctx.
func outlive(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(more, cancel) })
	return longer, func() { stop(); cancel() }
}

// capabilities asks each owner once. One that does not answer is asked again for the next message; until then it is assumed to read
// markup and to show no buttons.
func (b *link) capabilities(ctx context.Context, owner string) capabilities {
	b.mu.Lock()
	known := b.caps
	b.mu.Unlock()
	if known != nil {
		return *known
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var names []string
	if err := b.object(owner).CallWithContext(ctx, serviceName+".GetCapabilities", 0).Store(&names); err != nil {
		return capabilities{markup: true}
	}
	c := capabilities{markup: slices.Contains(names, "body-markup"), actions: slices.Contains(names, "actions")}
	var name, vendor, version, spec string
	// One that does not say its name is like the others.
	_ = b.object(owner).CallWithContext(ctx, serviceName+".GetServerInformation", 0).Store(&name, &vendor, &version, &spec)
	c.keepsButtons = name == keepsButtons
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.owner == owner {
		b.caps = &c
	}
	return c
}

// withdrawHeld withdraws the messages that must go. It waits for all answers at once, until ctx ends.
func (b *link) withdrawHeld(ctx context.Context) {
	b.mu.Lock()
	owner := b.owner
	maps.DeleteFunc(b.held, func(_ uint32, m posted) bool { return !m.must })
	held := slices.Collect(maps.Keys(b.held))
	b.mu.Unlock()
	answers := make(chan *dbus.Call, len(held))
	for _, id := range held {
		b.object(owner).GoWithContext(ctx, serviceName+".CloseNotification", 0, answers, id)
	}
	for range held {
		select {
		case <-answers:
		case <-ctx.Done():
			return
		}
	}
}
