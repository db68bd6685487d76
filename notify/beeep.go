package notify

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"

	"github.com/gen2brain/beeep"
)

// maxMessage bounds what a child reads from its parent: texts are some hundred bytes.
const maxMessage = 64 << 10

// delivery is the JSON that a child reads from its parent.
type delivery struct {
	Message
	StateDir string `json:"stateDir,omitempty"` // for the picture; empty if there is no place for it
}

// Deliver reads one delivery as JSON and shows its message, without buttons, which the library lacks. Sender runs it in a child process:
// the library blocks as long as the notification service does, writes to stdout, and on Linux subscribes on the process' shared bus
// connection, which belongs to the tray.
func Deliver(r io.Reader) error {
	var d delivery
	if err := json.NewDecoder(io.LimitReader(r, maxMessage)).Decode(&d); err != nil {
		return fmt.Errorf("notify: message: %w", err)
	}
	beeep.AppName = "Lockbar"
	send := beeep.Notify
	if d.Urgent {
		send = beeep.Alert
	}
	m := escape(runtime.GOOS, d.Message)
	if err := send(m.Title, m.Body, picture(runtime.GOOS, d.StateDir, m.Icon)); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}
