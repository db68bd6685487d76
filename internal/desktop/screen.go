package desktop

import (
	"os"
	"runtime"
)

// HasScreen reports whether there may be a desktop that Open can use. Where X11 or Wayland would show it, xdg-open would else begin a
// browser for terminals.
func HasScreen() bool {
	switch runtime.GOOS {
	case "darwin", "windows":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
