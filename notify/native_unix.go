//go:build unix && !darwin

package notify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	serviceName = "org.freedesktop.Notifications"
	servicePath = "/org/freedesktop/Notifications"
	// farewell bounds the wait for the service when the program ends.
	farewell = 200 * time.Millisecond
)

// freedesktop delivers through the notification service of the session bus.
type freedesktop struct {
	onEvent func(DesktopEvent)
	link    *link          // the newest; nil before the first call and after close
	ends    sync.WaitGroup // waits for the goroutines of all links
}

// buttonsOutlive reports whether a button works after the process that showed it has ended.
const buttonsOutlive = false

func newNative(_ string, onEvent func(DesktopEvent)) native { return &freedesktop{onEvent: onEvent} }

// show retries once if the service went away during the call, since then the message is lost. It never sends the message again to a
// service that still runs, which may yet show it. beeep never shows a message that a service has received: the next service shows it
// with its buttons, and can withdraw it. With an error, Handle.Service is the service that failed; empty if none was reached.
func (f *freedesktop) show(ctx context.Context, l Letter) (Handle, error) {
	var firstErr error
	var tried string
	for {
		b, owner, err := f.reach(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return Handle{}, ctx.Err()
		case err != nil && tried == "":
			return Handle{}, fmt.Errorf("%w: %w", errNoNative, err)
		case err != nil || tried == b.service(owner):
			return Handle{Service: tried}, firstErr
		}
		h, err := b.notify(ctx, owner, l)
		if err == nil || tried != "" || ctx.Err() != nil {
			return h, err
		}
		firstErr, tried = err, b.service(owner)
	}
}

// withdraw starts no service, since a new one shows no message of ours. It does not wait for an answer, since a service that hangs
// handles its calls in order when it recovers.
func (f *freedesktop) withdraw(ctx context.Context, h Handle) error {
	if h == (Handle{}) {
		return nil
	}
	b, err := f.connect(ctx)
	if err != nil {
		return ctx.Err()
	}
	owner, err := b.queryOwner(ctx)
	if err != nil || h.Service != b.service(owner) {
		return ctx.Err()
	}
	b.untrack(owner, h.ID)
	return b.object(owner).CallWithContext(ctx, serviceName+".CloseNotification", dbus.FlagNoReplyExpected, h.ID).Err
}

func (f *freedesktop) close() {
	b := f.link
	if b == nil {
		return
	}
	f.link = nil
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	b.withdrawAtEnd(ctx)
	b.conn.Close()
	f.ends.Wait()
}

// reach returns the connection and the unique name of the service. It starts the service if it does not run.
func (f *freedesktop) reach(ctx context.Context) (*link, string, error) {
	b, err := f.connect(ctx)
	if err != nil {
		return nil, "", err
	}
	owner, err := b.queryOwner(ctx)
	if err == nil {
		return b, owner, nil
	}
	if err := b.conn.BusObject().CallWithContext(ctx, busName+".StartServiceByName", 0, serviceName, uint32(0)).Err; err != nil {
		return nil, "", err
	}
	owner, err = b.queryOwner(ctx)
	return b, owner, err
}

// connect returns the connection, or a new one if the last one broke.
func (f *freedesktop) connect(ctx context.Context) (*link, error) {
	if f.link != nil && f.link.conn.Connected() {
		return f.link, nil
	}
	b, err := dial(ctx, f.onEvent)
	if err != nil {
		return nil, err
	}
	f.link = b
	f.ends.Go(b.listen)
	return b, nil
}
