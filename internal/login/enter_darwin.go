package login

import (
	"os"
	"syscall"
)

// EnterApp executes the program inside the app if this one was started through a link (`lockbar` in PATH). macOS treats the directory of a
// link as the bundle, and would find neither the login item nor the text with which it asks for access to a folder. If the exec fails,
// this program continues unchanged. On other systems EnterApp does nothing.
func EnterApp() {
	started, err := os.Executable()
	if err != nil {
		return
	}
	if real := linkedApp(started); real != "" {
		_ = syscall.Exec(real, append([]string{real}, os.Args[1:]...), os.Environ())
	}
}
