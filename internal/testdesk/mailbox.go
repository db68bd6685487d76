//go:build linux

package testdesk

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// stamped is a signal and when it was read from the socket.
type stamped struct {
	*dbus.Signal
	received time.Time
}

// mailbox keeps signals for a goroutine that may be busy asking questions of
// its own. It has no bound: a fake that loses signals would blame the program.
type mailbox struct {
	state
	queue []stamped
}

func (m *mailbox) put(s stamped) {
	m.update(func() { m.queue = append(m.queue, s) })
}

// take waits for a signal. Only one goroutine may take from a mailbox.
func (m *mailbox) take(ctx context.Context) (stamped, error) {
	filled := func(n int) bool { return n > 0 }
	if _, err := await(ctx, &m.state, func() int { return len(m.queue) }, filled); err != nil {
		return stamped{}, err
	}
	var first stamped
	m.update(func() { first, m.queue = m.queue[0], m.queue[1:] })
	return first, nil
}
