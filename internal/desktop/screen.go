package desktop

import (
	"os"
	"runtime"
)

// HasScreen reports whether there may be a desktop that Open can use. Without X11 and Wayland, xdg-open would start a text browser.
func HasScreen() bool {
	switch runtime.GOOS {
	case "darwin", "windows":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
