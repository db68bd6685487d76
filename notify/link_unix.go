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
	// askTime bounds the queries for capabilities: a service that does not answer them may still show messages.
	askTime = time.Second
)

// link is one connection to the session bus.
type link struct {
	conn    *dbus.Conn
	bus     string // the GUID of the bus, since each bus numbers its unique names from the start
	onEvent func(DesktopEvent)
	signals chan *dbus.Signal

	mu       sync.Mutex            // also held during onEvent, so that no newer event or result overtakes the reported one
	owner    string                // the unique name of the service; empty if there is none
	ownerSeq dbus.Sequence         // of the message that named the owner
	shown    map[uint32]shownState // the messages that the owner shows, by number
	caps     *capabilities         // of the owner; nil until it has answered
}

// shownState is the state of a shown message.
type shownState struct {
	since      dbus.Sequence // of the answer to Notify
	untilClose bool          // close withdraws it, since it is urgent or has buttons
}

// dial connects to the bus, subscribes, and reports the service if it runs. The connection outlives ctx.
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

// subscribe queries the owner last, so that no change is missed. It does not use the Notifier of esiqveland/notify, which panics on a
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
	_, _ = b.queryOwner(ctx) // there may be none
	return ctx.Err()
}

// queryOwner asks the bus who owns the service.
func (b *link) queryOwner(ctx context.Context) (owner string, err error) {
	call := b.conn.BusObject().CallWithContext(ctx, busName+".GetNameOwner", 0, serviceName)
	if err := call.Store(&owner); err != nil {
		return "", err
	}
	b.setOwner(owner, call.ResponseSequence)
	return owner, nil
}

// service returns the Handle.Service of an owner. It is unique across sessions.
func (b *link) service(owner string) string { return b.bus + "/" + owner }

func (b *link) object(owner string) dbus.BusObject { return b.conn.Object(owner, servicePath) }

// setOwner records the owner, and forgets the messages of an earlier one. An answer can overtake signals that were sent before it, so
// setOwner ignores a message that is older than the last one.
func (b *link) setOwner(owner string, when dbus.Sequence) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if when < b.ownerSeq {
		return
	}
	b.ownerSeq = when
	if owner == b.owner {
		return
	}
	b.owner, b.shown, b.caps = owner, map[uint32]shownState{}, nil
	if owner != "" {
		b.onEvent(DesktopEvent{Appeared: b.service(owner)})
	}
}

// track records that the owner shows a message.
func (b *link) track(owner string, id uint32, m shownState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if owner == b.owner {
		b.shown[id] = m
	}
}

// untrack forgets a message of the owner.
func (b *link) untrack(owner string, id uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if owner == b.owner {
		delete(b.shown, id)
	}
}

// listen reports signals until the connection closes.
func (b *link) listen() {
	for s := range b.signals {
		if owner, ok := newOwner(s); ok {
			b.setOwner(owner, s.Sequence)
		} else {
			b.handleSignal(s)
		}
	}
}

// handleSignal reports a signal of the service. It ignores a closing that is older than the message with its number: then the user
// dismissed the previous message just as the new one replaced it.
func (b *link) handleSignal(s *dbus.Signal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := parseSignal(s, b.owner)
	switch {
	case !ok, e.Closed && s.Sequence < b.shown[e.Handle.ID].since:
		return
	case e.Closed:
		delete(b.shown, e.Handle.ID)
	}
	e.Handle.Service = b.service(b.owner)
	b.onEvent(e)
}

// notify calls the owner by its unique name, so that a new owner never gets an id of the old one. It waits until the owner answers, the
// bus reports that the owner is gone, or farewell has passed since ctx ended. So close also withdraws a message that is shown as ctx ends.
// SendNotification of esiqveland/notify uses neither the unique name nor a context. With an error, only Handle.Service is set.
func (b *link) notify(ctx context.Context, owner string, l Letter) (Handle, error) {
	can := b.capabilities(ctx, owner)
	n := note(l, can)
	ctx, cancel := outlive(ctx, farewell)
	defer cancel()
	switch before := l.Replaces; {
	case before.Service != b.service(owner):
	case can.keepsButtons:
		b.object(owner).CallWithContext(ctx, serviceName+".CloseNotification", dbus.FlagNoReplyExpected, before.ID)
		b.untrack(owner, before.ID)
	default:
		n.ReplacesID = before.ID
	}
	var id uint32
	call := b.object(owner).CallWithContext(ctx, serviceName+".Notify", 0, n.AppName, n.ReplacesID, n.AppIcon, n.Summary, n.Body,
		pairs(n.Actions), n.Hints, int32(n.ExpireTimeout.Milliseconds()))
	if err := call.Store(&id); err != nil {
		return Handle{Service: b.service(owner)}, err
	}
	b.untrack(owner, n.ReplacesID)
	b.track(owner, id, shownState{call.ResponseSequence, l.Message.Urgent || len(n.Actions) > 0})
	return Handle{b.service(owner), id}, nil
}

// outlive returns a context that ends later than ctx, by more.
func outlive(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(more, cancel) })
	return longer, func() { stop(); cancel() }
}

// capabilities returns the capabilities of an owner, which it queries once. If the owner does not answer, capabilities assumes that it
// reads markup and shows no buttons, and queries it again for the next message.
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
	// A service that does not report its name counts as one that does not keep buttons.
	_ = b.object(owner).CallWithContext(ctx, serviceName+".GetServerInformation", 0).Store(&name, &vendor, &version, &spec)
	c.keepsButtons = name == buttonKeeper
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.owner == owner {
		b.caps = &c
	}
	return c
}

// withdrawAtEnd withdraws the messages that must not outlive this process. It waits for all answers at once, until ctx ends.
func (b *link) withdrawAtEnd(ctx context.Context) {
	b.mu.Lock()
	owner := b.owner
	maps.DeleteFunc(b.shown, func(_ uint32, m shownState) bool { return !m.untilClose })
	ids := slices.Collect(maps.Keys(b.shown))
	b.mu.Unlock()
	answers := make(chan *dbus.Call, len(ids))
	for _, id := range ids {
		b.object(owner).GoWithContext(ctx, serviceName+".CloseNotification", 0, answers, id)
	}
	for range ids {
		select {
		case <-answers:
		case <-ctx.Done():
			return
		}
	}
}
