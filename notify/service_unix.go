//go:build unix && !darwin

package notify

import (
	"context"

	"lockbar/internal/desktop"
)

// awaitService returns when the notification service answers a question, or cannot be asked. A service that hangs keeps the
// messages it was sent and shows them all when it goes on: one that is tried again would be shown as often as it was tried.
//
// The error is that it hangs. The parent, which waits as long, has ended us by then, unless it was killed.
func awaitService() error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	conn, err := desktop.SessionBus(ctx)
	if err != nil {
		return nil // the library will say why
	}
	defer conn.Close()
	_ = conn.Object(serviceName, servicePath).CallWithContext(ctx, serviceName+".GetServerInformation", 0).Err
	return ctx.Err()
}
