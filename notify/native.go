package notify

import (
	"context"
	"errors"
	"strconv"
)

// Handle names a message that a desktop shows. The zero Handle is that of a way that keeps no track of its messages.
type Handle struct {
	Service string `json:"service,omitempty"` // the running service: another one knows nothing of the message
	ID      uint32 `json:"id,omitempty"`
}

// DesktopEvent is what a desktop says of its own accord. Exactly one of the fields below says what happened.
type DesktopEvent struct {
	Handle Handle // of the message that was closed or clicked
	// Came is the service that is there from now on; what an earlier one showed is gone.
	Came string
	// Closed: the message expired, or its reader dismissed it.
	Closed bool
	// Button is the key of the button that was clicked. Whether the message stays then is the service's choice.
	Button string
}

// errNoNative says that the native service cannot be used here, now or ever; beeep delivers then.
var errNoNative = errors.New("notify: no native notification service")

// native is a way of delivery that knows what it shows. One goroutine calls show and withdraw, and close last; what the desktop says
// comes to the function that newNative was given, from any goroutine, and must not be delayed by a call that waits.
//
// newNative(stateDir string, say func(Event)) native is in one file for each system; nil where there is none. It must be cheap: nothing
// is connected before the first call.
type native interface {
	// show shows a letter's message, in place of the one that l.Replaces names if this service still shows that. It waits for as long
	// as the service hangs, since a service that goes on shows what it was sent; it returns when the service took the message, when
	// it can no longer have taken it (the service went), or when ctx ended. The error is errNoNative, or says what went wrong.
	show(ctx context.Context, l Letter) (Handle, error)
	// withdraw takes a message away, if this service still shows it.
	withdraw(ctx context.Context, h Handle) error
	// close takes away the messages whose buttons nobody would hear any more, and ends all goroutines, soon.
	close()
}

// Key is the name of a button on the desktop. It names the letter too, so that a click on a message that was replaced in that very
// moment is never taken for one on the message that came in its place.
func (l Letter) Key(b Button) string { return string(b.Do) + "#" + strconv.Itoa(l.ID) }
