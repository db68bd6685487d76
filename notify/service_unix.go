//go:build unix && !darwin

package notify

import (
	"context"

	"lockbar/internal/sessionbus"
)

const (
	serviceName = "org.freedesktop.Notifications"
	servicePath = "/org/freedesktop/Notifications"
)

// awaitService returns when the notification service answers a question, or cannot be asked. A service that hangs keeps the
// messages it was sent and shows them all when it goes on: one that is tried again would be shown as often as it was tried.
// The parent ends us where this never returns.
func awaitService() {
	conn, err := sessionbus.Connect(context.Background())
	if err != nil {
		return // the library will say why
	}
	defer conn.Close()
	_ = conn.Object(serviceName, servicePath).Call(serviceName+".GetServerInformation", 0).Err
}
