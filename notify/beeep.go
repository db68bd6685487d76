package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"github.com/gen2brain/beeep"

	"lockbar/icons"
	"lockbar/internal/fsx"
)

// maxMessage bounds what a child reads from its parent, in bytes. Texts have a few hundred.
const maxMessage = 64 << 10

// delivery is the JSON that a child reads from its parent.
type delivery struct {
	Message
	StateDir string `json:"stateDir,omitempty"` // the directory for the picture on Windows; may be empty
}

// Deliver reads one delivery as JSON and shows its message, without buttons, which beeep lacks. Sender runs it in a child process:
// beeep blocks as long as the notification service does, writes to stdout, and on Linux subscribes on the shared bus connection of the
// process, which belongs to the tray.
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

// maxPicture limits how many bytes of an existing picture are read. Ours have a few kB.
const maxPicture = 256 << 10

// picture returns the picture in the form that beeep takes.
//
//   - On macOS it is "", no picture. beeep would use terminal-notifier if that is installed, but terminal-notifier needs a permission
//     of its own, and on macOS 26 it shows nothing and exits with 0. Since beeep cannot read the picture "", it uses osascript.
//   - On Windows it is the path of a file. If beeep gets bytes, it writes a file and removes it 100 ms later, but Windows reads the file
//     whenever it shows the toast, also later in the notification center.
//   - Elsewhere, and if that file cannot be written, it is a PNG.
func picture(goos, stateDir string, k icons.Kind) any {
	switch {
	case goos == "darwin":
		return ""
	case goos == "windows" && stateDir != "":
		if path, err := pictureFile(stateDir, k); err == nil {
			return path
		}
	}
	return icons.Notification(k)
}

// pictureFile returns the path of a kind's picture in the state directory. It writes the picture if it is missing or of another version.
func pictureFile(stateDir string, k icons.Kind) (string, error) {
	path, want := filepath.Join(stateDir, "notification-"+k.String()+".png"), icons.Notification(k)
	if got, err := fsx.Read(path, maxPicture); err == nil && bytes.Equal(got, want) {
		return path, nil
	}
	return path, fsx.Replace(path, want, 0o600)
}
