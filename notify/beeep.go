package notify

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"

	"github.com/gen2brain/beeep"

	"lockbar/icons"
)

// maxMessage bounds what a child reads from its parent: texts are some hundred bytes.
const maxMessage = 64 << 10

// Deliver reads one message as JSON and shows it. It is the whole of the child process that Sender starts: the library
// blocks for as long as the notification service does, writes to stdout, and on Linux subscribes on the process' shared
// bus connection, which the tray must have for itself.
//
// A notification offers no buttons ("Force Unlock", "Show"). The library has no click action; D-Bus code of our own beside
// it would need a child that lives until the click, which may come after hours or never, and would have to prove anew that
// the lock is the one that the message was about. The menu, one click away, does that.
func Deliver(r io.Reader) error {
	var m Message
	if err := json.NewDecoder(io.LimitReader(r, maxMessage)).Decode(&m); err != nil {
		return fmt.Errorf("notify: message: %w", err)
	}
	beeep.AppName = "Lockbar"
	send := beeep.Notify
	if m.Urgent {
		send = beeep.Alert
	}
	m = escape(runtime.GOOS, m)
	if err := send(m.Title, m.Body, picture(runtime.GOOS, m.Icon)); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}

// picture is a PNG. On macOS it is none: with one the library prefers terminal-notifier where that is installed, which needs a
// permission of its own and shows nothing on macOS 26, with exit 0. Without one it takes osascript, which shows none.
func picture(goos string, k icons.Kind) any {
	if goos == "darwin" {
		return ""
	}
	return icons.Notification(k)
}
