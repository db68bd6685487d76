package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// understandsEscapes asks the console to obey escape sequences; old ones cannot.
func understandsEscapes(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
