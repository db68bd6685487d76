package notify

import (
	"context"
	"errors"
	"strconv"
)

// Handle identifies a message that a desktop shows. It is zero if delivery does not track messages.
type Handle struct {
	Service string `json:"service,omitempty"` // the running service: another one knows nothing of the message
	ID      uint32 `json:"id,omitempty"`
}

// DesktopEvent is an event that the desktop reports on its own. Exactly one field besides Handle is set.
type DesktopEvent struct {
	Handle Handle // of the message that was closed or clicked
	// Appeared is the service that appeared; the messages of an earlier one are gone.
	Appeared string
	// Closed reports that the message expired, or that the user dismissed it.
	Closed bool
	// Button is the key of the button that was clicked. Whether the message stays then is the service's choice.
	Button string
}

// errNoNative means that the native service cannot be used here, now or ever. Then beeep delivers.
var errNoNative = errors.New("notify: no native notification service")

// native delivers and tracks its messages. One goroutine calls show and withdraw, and close last; events of the desktop go to the
// function that newNative was given, from any goroutine, and a waiting call must not delay them.
//
// Each system has one file with newNative(stateDir string, onEvent func(DesktopEvent)) native, which returns nil if there is no
// service. It must be cheap: it does not connect before the first call.
type native interface {
	// show shows a letter's message. It replaces the one that l.Replaces names if this service still shows that. It waits as long as
	// the service hangs, since a service that recovers shows what it was sent. It returns when the service has accepted the message,
	// when the service is gone and can no longer accept it, or when ctx ended. The error is errNoNative or another one.
	show(ctx context.Context, l Letter) (Handle, error)
	// withdraw removes a message, if this service still shows it.
	withdraw(ctx context.Context, h Handle) error
	// close removes the messages whose buttons would no longer work, and ends all goroutines soon.
	close()
}

// Key returns the name of a button on the desktop. It includes the letter's ID, so that a click on a message that is being replaced is
// never mistaken for one on the new message.
func (l Letter) Key(b Button) string { return string(b.Do) + "#" + strconv.Itoa(l.ID) }
