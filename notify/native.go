package notify

import (
	"context"
	"errors"
	"strconv"
)

// Handle identifies a message that a desktop shows. It is zero if delivery does not track messages.
type Handle struct {
	Service string `json:"service,omitempty"` // identifies the running service; another one does not know the message
	ID      uint32 `json:"id,omitempty"`
}

// DesktopEvent is an event that the desktop reports on its own. Exactly one field besides Handle is set.
type DesktopEvent struct {
	Handle Handle // of the message that was closed or clicked
	// Appeared is the service that appeared; the messages of an earlier one are gone.
	Appeared string
	// Closed reports that the message is gone: it expired, or the user dismissed or clicked it.
	Closed bool
	// Button is the key of the button that was clicked. The service decides whether it then closes the message.
	Button string
}

// errNoNative means that the native service cannot be used, for now or for good. Then beeep delivers.
var errNoNative = errors.New("notify: no native notification service")

// native delivers messages and tracks them. One goroutine calls show and withdraw, and close last. Any goroutine may call the onEvent of
// newNative to report events of the desktop; a waiting call of show or withdraw must not delay them.
//
// Each system has one file with newNative(stateDir string, onEvent func(DesktopEvent)) native, which returns nil if there is no
// service. newNative returns without waiting for the service.
type native interface {
	// show shows a letter's message, in place of the one that l.Replaces names if this service still shows that. It waits as long as
	// the service hangs, since a service that recovers shows what it was sent. It returns when the service has accepted the message,
	// when the service is gone and can no longer accept it, or when ctx has ended. The error is errNoNative if beeep may deliver instead.
	show(ctx context.Context, l Letter) (Handle, error)
	// withdraw removes a message, if this service still shows it.
	withdraw(ctx context.Context, h Handle) error
	// close removes alarms and messages with buttons, unless buttonsOutlive. It ends all goroutines soon.
	close()
}

// Key returns the name of a button on the desktop. It includes the letter's ID, so that a click on a message that is being replaced is
// not mistaken for a click on the new message.
func (l Letter) Key(b Button) string { return string(b.Do) + "#" + strconv.Itoa(l.ID) }
