package cli

import "strings"

// prints reports whether these arguments (command first) are of a command that prints. The tray does not attach itself to the
// terminal that it is started from: on Windows it would end when that window is closed.
func prints(args []string) bool {
	for _, a := range args {
		switch a {
		case "-h", "--help", "--version":
			return true
		}
	}
	return len(args) > 0 && args[0] != "tray" && !strings.HasPrefix(args[0], "-")
}
